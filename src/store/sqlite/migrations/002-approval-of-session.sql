-- An approval is found by the session that it started, and lists the grants of that session. Ending the
-- approval then revokes all of them.
ALTER TABLE approvals ADD COLUMN session_uid TEXT;
CREATE INDEX approvals_session ON approvals (session_uid, approved_at) WHERE session_uid IS NOT NULL;
UPDATE approvals SET body = json_set(body, '$.grantIds', json('[]')) WHERE json_extract(body, '$.grantIds') IS NULL;
