# Authlib in Flask, with the session that Flask has by itself: a signed cookie named `session`. That cookie
# keeps who the person is. The tokens stay on the server.
import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for

app = Flask(__name__)
app.secret_key = "only for this test"
tokens = {}


def keep(name, token, refresh_token=None, access_token=None):
    tokens[session["user"]["sub"]] = token


oauth = OAuth(app, fetch_token=lambda name: tokens[session["user"]["sub"]], update_token=keep)
oauth.register(
    name="tessera",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email offline_access"},
)


@app.route("/login")
def login():
    return oauth.tessera.authorize_redirect(url_for("auth", _external=True))


@app.route("/auth")
def auth():
    token = oauth.tessera.authorize_access_token()
    session["user"] = token["userinfo"]
    tokens[session["user"]["sub"]] = token
    return redirect("/")


@app.route("/")
def home():
    return jsonify(person=session.get("user"))


@app.route("/expire")
def expire():
    """Makes the access token look expired, so that its next use refreshes it first."""
    tokens[session["user"]["sub"]]["expires_at"] = 1
    return jsonify({})


@app.route("/userinfo")
def userinfo():
    before = tokens[session["user"]["sub"]]
    person = oauth.tessera.userinfo()
    after = tokens[session["user"]["sub"]]
    return jsonify(person=person, is_refreshed=before["access_token"] != after["access_token"])


@app.route("/logout")
def logout():
    session.pop("user")
    return redirect("/")


app.run(host="localhost", port=int(os.environ["PORT"]))
