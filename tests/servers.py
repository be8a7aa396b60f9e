"""Real servers with the files that the hosting guide names: nginx and Apache, in a subfolder."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOSTING = Path(__file__).parents[1] / "site_hooks" / "hosting"
NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    {lesson}
  }}
}}
"""
APACHE = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
{modules}
TypesConfig /etc/mime.types
DirectoryIndex index.html
Alias /lesson {site}
# As Debian has it.
AddType application/x-gzip .gz .tgz
AddOutputFilterByType DEFLATE text/html text/css text/javascript application/javascript
<Directory {site}>
  AllowOverride FileInfo
  Require all granted
</Directory>
"""
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NEEDED = (
    *("mpm_event", "authz_core", "dir", "mime", "alias", "headers", "rewrite"),
    *("setenvif", "filter", "deflate"),
)


@contextmanager
def running(
    command: Callable[[Path, Path, int], list[str]], site: Path, folder: Path
) -> Iterator[str]:
    """The address of a site below /lesson/ on a server that keeps its own files in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(command(site, folder, port))
    try:
        _wait_for(port, folder)
        yield f"http://127.0.0.1:{port}/lesson/"
    finally:
        server.terminate()
        server.wait(10)


def nginx_command(site: Path, folder: Path, port: int) -> list[str]:
    root = os.geteuid() == 0
    path = os.pathsep.join((os.environ["PATH"], "/usr/sbin"))
    if not shutil.which("nginx", path=path) and root and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "nginx-light"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(install, env=environment, capture_output=True, check=False)
    nginx = shutil.which("nginx", path=path)
    if not nginx:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    lesson = (HOSTING / "nginx.conf").read_text("utf-8").replace("/srv/lesson", str(site))
    user = "user root;" if root else ""
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, user=user, lesson=lesson))
    return [nginx, "-c", str(config), "-e", f"{folder}/error.log", "-g", "daemon off;"]


def apache_command(site: Path, folder: Path, port: int) -> list[str]:
    apache = shutil.which("apache2", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
    if not apache or not APACHE_MODULES.is_dir():
        pytest.skip("Apache is not installed: apt-get install apache2")
    modules = "\n".join(
        f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in NEEDED
    )
    config = folder / "apache.conf"
    config.write_text(APACHE.format(folder=folder, port=port, modules=modules, site=site))
    return [apache, "-f", str(config), "-DFOREGROUND"]


def _wait_for(port: int, folder: Path) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if not client.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{(folder / 'error.log').read_text()}")
