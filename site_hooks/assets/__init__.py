"""What pages load beside their text: the client, pylib as a wheel, typefaces, notices."""
