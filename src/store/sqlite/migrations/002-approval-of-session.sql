-- Every grant of a session belongs to the approval it began with, so that ending the approval ends them all.
ALTER TABLE approvals ADD COLUMN session_uid TEXT;
CREATE INDEX approvals_session ON approvals (session_uid, approved_at) WHERE session_uid IS NOT NULL;
UPDATE approvals SET body = json_set(body, '$.grantIds', json('[]')) WHERE json_extract(body, '$.grantIds') IS NULL;
