-- Emptying a table calls no row's trigger: what it held would be gone here and stay good at every gateway. Deleting the rows tells of each.
CREATE FUNCTION "refuse_truncation"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% cannot be truncated: no revocation would be told; delete its rows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "sessions_no_truncate" BEFORE TRUNCATE ON "sessions" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_truncation"();
--> statement-breakpoint
CREATE TRIGGER "users_no_truncate" BEFORE TRUNCATE ON "users" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_truncation"();
--> statement-breakpoint
CREATE TRIGGER "clients_no_truncate" BEFORE TRUNCATE ON "clients" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_truncation"();
--> statement-breakpoint
CREATE TRIGGER "api_keys_no_truncate" BEFORE TRUNCATE ON "api_keys" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_truncation"();
--> statement-breakpoint
CREATE TRIGGER "signing_keys_no_truncate" BEFORE TRUNCATE ON "signing_keys" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_truncation"();
--> statement-breakpoint
-- A key that is deleted and not revoked is gone from the key set of the core, and still known to whoever fetched it.
CREATE CONSTRAINT TRIGGER "signing_keys_log_removal" AFTER DELETE ON "signing_keys" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."revoked_at" IS NULL) EXECUTE FUNCTION "log_revocation"('key');
