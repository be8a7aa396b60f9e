"""A stand-in for a learning management system: it opens a package in a frame and keeps reports.

SCORM's object is scorm-again's, which commits to this server; for cmi5 the server takes statements
and documents itself, and refuses what the specification forbids. Like most systems it opens no
index.html of a folder.
"""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from site_hooks.paths import NODE_MODULES
from tests.browser.conftest import QuietHandler

# Below the system's own address, as courses lie there.
CONTENT = "pluginfile.php/37/mod_scorm/content/1"
SCRIPTS = {
    "scorm12.js": "scorm-again/dist/scorm12.min.js",
    "scorm2004.js": "scorm-again/dist/scorm2004.min.js",
    "cmi5.js": "@xapi/cmi5/dist/Cmi5.umd.js",
}
COURSE = """<!doctype html><html lang="en"><title>Course</title><h1>Course</h1>
<style>iframe {{ border: 0; height: 700px; width: 100% }}</style>
<script src="/{script}.js"></script><script>{begin}</script>
<iframe title="Lesson" allow="fullscreen" src="{launch}"></iframe></html>"""
SCORM = """
const settings = {{ lmsCommitUrl: "/commit", autocommit: false, logLevel: 5,
                    terminateCommitParam: "last" }};
window.{api} = new {kind}(settings);
window.{api}.loadFromJSON({kept}, "");
"""
APIS = {"scorm12": ("API", "Scorm12API"), "scorm2004": ("API_1484_11", "Scorm2004API")}
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.test", "name": "17"}}
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"


@dataclass
class System:
    """One course with one learner."""

    way: str
    address: str = ""
    # SCORM: what was committed last, and how often a visit was ended.
    kept: dict[str, Any] = field(default_factory=dict)
    commits: int = 0
    ended: int = 0
    # What the system says of a visit, such as {"lesson_mode": "review"}.
    told: dict[str, Any] = field(default_factory=dict)
    # A script of the course's page, which can make SCORM's object another one.
    script: str = ""
    # Nothing that is reported is taken: the system answers with an error.
    broken: bool = False
    # cmi5.
    statements: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    launch_data: dict[str, Any] = field(default_factory=dict)
    registration: str = field(default_factory=lambda: str(uuid.uuid4()))
    tokens: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def course(self) -> str:
        """The address of the course's page."""
        return f"{self.address}/course"

    @property
    def verbs(self) -> list[str]:
        """Of the statements, in their order."""
        return [str(one["verb"]["id"]).rpartition("/")[2] for one in self.statements]

    def page(self, launch: str = f"{CONTENT}/launch.html") -> str:
        """The course's page; each one is a new visit."""
        if self.way == "cmi5":
            return COURSE.format(script="cmi5", begin="", launch=f"{launch}?{self.begin()}")
        api, kind = APIS[self.way]
        kept = self.kept.get("cmi", {})
        place = kept.setdefault("core", {}) if self.way == "scorm12" else kept
        place |= {"entry": "resume" if self.commits else "ab-initio", **self.told}
        begin = SCORM.format(api=api, kind=kind, kept=json.dumps(kept).replace("<", "\\u003c"))
        return COURSE.format(script=self.way, begin=begin + self.script, launch=launch)

    def begin(self) -> str:
        """A visit of cmi5: the query of the launch address."""
        session = str(uuid.uuid4())
        self.tokens[session] = ""
        self.documents["LMS.LaunchData"] = {
            "contextTemplate": {
                "contextActivities": {"grouping": [{"id": "urn:lesson"}]},
                "extensions": {SESSION: session},
            },
            "launchMode": "Normal",
            "moveOn": "Passed",
            **self.launch_data,
        }
        return urlencode(
            {
                "endpoint": f"{self.address}/xapi/",
                "fetch": f"{self.address}/token?session={session}",
                "actor": json.dumps(ACTOR),
                "registration": self.registration,
                "activityId": f"{self.address}/au",
            },
            quote_via=quote,
        )

    def take(self, statement: dict[str, Any], token: str) -> str:
        """What is wrong with a statement; "" if it is kept."""
        if any(one["id"] == statement["id"] for one in self.statements):
            return ""
        session = statement["context"]["extensions"].get(SESSION)
        visit = [one for one in self.statements if one["context"]["extensions"][SESSION] == session]
        verb = statement["verb"]["id"]
        score = statement.get("result", {}).get("score", {})
        mark = self.documents["LMS.LaunchData"].get("masteryScore", 0)
        wrong = {
            "has the token of another visit": self.tokens.get(session) != token,
            "names another learner": statement["actor"] != ACTOR,
            "names another registration": statement["context"]["registration"] != self.registration,
            "comes before the first": not visit and not verb.endswith("/initialized"),
            "comes after the last": any(one["verb"]["id"].endswith("/terminated") for one in visit),
            "is said twice": is_defined(statement)
            and (verb in verbs(visit) or (verb in verbs(self.statements) and is_judged(verb))),
            "has no time": "timestamp" not in statement,
            "is passed below the mark": verb.endswith("/passed") and score.get("scaled", 1) < mark,
            "judges a visit that looks": self.documents["LMS.LaunchData"]["launchMode"] != "Normal"
            and is_judged(verb),
        }
        found = [f"{verb} {reason}" for reason, is_so in wrong.items() if is_so]
        if not found:
            self.statements.append(statement)
        self.problems += found
        return "; ".join(found)


def is_defined(statement: dict[str, Any]) -> bool:
    """Whether a statement is one that cmi5 defines."""
    categories = statement["context"].get("contextActivities", {}).get("category", [])
    return CATEGORY in [one["id"] for one in categories]


def is_judged(verb: str) -> bool:
    """Whether it is said once in a registration."""
    return verb.endswith(("/passed", "/completed"))


def verbs(statements: list[dict[str, Any]]) -> list[str]:
    """The addresses of their verbs."""
    return [one["verb"]["id"] for one in statements]


class Handler(QuietHandler):
    """Answers for a System."""

    def __init__(self, *given: Any, system: System, **named: Any) -> None:
        self.system = system
        super().__init__(*given, **named)

    def do_GET(self) -> None:
        """The course, the scripts, documents, and the package's files."""
        path, query = urlsplit(self.path).path.strip("/"), parse_qs(urlsplit(self.path).query)
        if path == "course":
            self._answer(self.system.page().encode(), "text/html; charset=utf-8")
        elif path == "elsewhere":
            self._answer(b"<!doctype html><title>Elsewhere</title>", "text/html")
        elif path == "reference":
            self._answer(b"<!doctype html><script src='/cmi5.js'></script>", "text/html")
        elif path in SCRIPTS:
            self._answer((NODE_MODULES / SCRIPTS[path]).read_bytes(), "text/javascript")
        elif path == "xapi/activities/state":
            self._document(query["stateId"][0])
        elif path == "xapi/agents/profile":
            self._document("profile")
        elif path == "favicon.ico":
            self._answer(b"", "image/x-icon")
        elif self._is_file():
            super().do_GET()
        else:
            self.system.problems.append(f"no file: {self.path}")
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_PUT(self) -> None:
        """A document of the registration."""
        if self._breaks():
            return
        name = parse_qs(urlsplit(self.path).query)["stateId"][0]
        self.system.documents[name] = json.loads(self._body())
        self._answer(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def do_POST(self) -> None:
        """What SCORM commits; cmi5's token and statements."""
        path, query = urlsplit(self.path).path.strip("/"), parse_qs(urlsplit(self.path).query)
        if path != "token" and self._breaks():
            return
        if path == "commit":
            self.system.kept = json.loads(self._body())
            self.system.commits += 1
            self.system.ended += "last" in query
            self._json({"result": True, "errorCode": 0})
        elif path == "token":
            session = query["session"][0]
            if self.system.tokens[session]:
                self._json({"error-code": "1", "error-text": "The token was taken."})
                return
            self.system.tokens[session] = f"token-{session}"
            self._json({"auth-token": f"token-{session}"})
        elif path == "xapi/statements":
            body = json.loads(self._body())
            token = self.headers["Authorization"].removeprefix("Basic ")
            said = body if isinstance(body, list) else [body]
            wrong = [self.system.take(one, token) for one in said]
            self._json([one["id"] for one in said], HTTPStatus.OK if not any(wrong) else 400)
        else:
            super().do_POST()

    def _breaks(self) -> bool:
        if self.system.broken:
            self._body()
            self._json({"result": False, "errorCode": 101}, HTTPStatus.INTERNAL_SERVER_ERROR)
        return self.system.broken

    def _is_file(self) -> bool:
        return Path(self.translate_path(self.path)).is_file()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _document(self, name: str) -> None:
        if name in self.system.documents:
            self._json(self.system.documents[name])
        else:
            self._json({}, HTTPStatus.NOT_FOUND)

    def _json(self, value: object, status: int = HTTPStatus.OK) -> None:
        self._answer(json.dumps(value).encode(), "application/json", status)

    def _answer(self, content: bytes, kind: str, status: int = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def opened(way: str, files: dict[str, bytes], folder: Path) -> Iterator[System]:
    """A system that a package was uploaded to."""
    for name, content in files.items():
        path = folder / CONTENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    system = System(way)
    handler = partial(Handler, directory=str(folder), system=system)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    system.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield system
    server.shutdown()
    server.server_close()
