-- What was revoked before there was a log: tokens of it may still be about. Earlier than this, nothing can be good by itself.
INSERT INTO "revocations" ("kind", "subject_id", "revoked_at")
SELECT "kind", "id", "revoked_at" FROM (
	SELECT 'session' AS "kind", "id", "ended_at" AS "revoked_at" FROM "sessions"
	UNION ALL SELECT 'user', "id", "disabled_at" FROM "users"
	UNION ALL SELECT 'client', "id", "disabled_at" FROM "clients"
	UNION ALL SELECT 'api_key', "id", "revoked_at" FROM "api_keys"
	UNION ALL SELECT 'key', "id", "revoked_at" FROM "signing_keys"
) AS "known"
WHERE "revoked_at" > now() - interval '1 hour'
AND NOT EXISTS (SELECT FROM "revocations" AS "told" WHERE "told"."subject_id" = "known"."id");
