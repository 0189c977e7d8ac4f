"""Does with Authlib, by its defaults, what standard input says as JSON, and writes the token, or the status and the body, of each answer."""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session

asked = json.load(sys.stdin)
issuer = asked["issuer"]
session = OAuth2Session(asked["id"], asked["secret"])
answers = []
for act, *named in asked["acts"]:
    token = named[0] if named else None
    if act == "fetch":
        answers.append(session.fetch_token(issuer + "/oauth/token", grant_type="client_credentials"))
        continue
    # Asked about no token, Authlib takes the one that it has fetched.
    if act == "introspect":
        answer = session.introspect_token(issuer + "/oauth/introspect", token=token)
    else:
        answer = session.revoke_token(issuer + "/oauth/revoke", token=token or session.token["access_token"])
    answers.append({"status": answer.status_code, "body": answer.json() if answer.content else None})
print(json.dumps(answers))
