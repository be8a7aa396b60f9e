"""What pages load beside their text: the client, pylib, typefaces; and a list of others' work."""
