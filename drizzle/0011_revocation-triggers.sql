-- Whoever revokes writes the log: the core, the command line, and somebody with a SQL shell.
-- Deferred to the commit: a transaction that is held open tells the time at which it counts, and nothing is issued after that.
-- With the rights of its owner: whoever may end a session need not be able to write the log by himself.
CREATE FUNCTION "log_revocation"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO "public"."revocations" ("kind", "subject_id") VALUES (TG_ARGV[0], OLD."id");
	RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "sessions_log_end" AFTER UPDATE ON "sessions" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."state" = 'active' AND NEW."state" <> 'active') EXECUTE FUNCTION "log_revocation"('session');
--> statement-breakpoint
-- What retention removes had ended or run out long before.
CREATE CONSTRAINT TRIGGER "sessions_log_removal" AFTER DELETE ON "sessions" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."state" = 'active' AND OLD."expires_at" > now()) EXECUTE FUNCTION "log_revocation"('session');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "users_log_end" AFTER UPDATE ON "users" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN ((OLD."disabled_at" IS NULL AND NEW."disabled_at" IS NOT NULL) OR (OLD."deleted_at" IS NULL AND NEW."deleted_at" IS NOT NULL))
	EXECUTE FUNCTION "log_revocation"('user');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "users_log_removal" AFTER DELETE ON "users" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."deleted_at" IS NULL) EXECUTE FUNCTION "log_revocation"('user');
--> statement-breakpoint
-- A token says what its client may do: what is taken from the client is in it until it ends.
CREATE CONSTRAINT TRIGGER "clients_log_end" AFTER UPDATE ON "clients" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (
		(OLD."disabled_at" IS NULL AND NEW."disabled_at" IS NOT NULL)
		OR OLD."auth_method" <> NEW."auth_method"
		OR OLD."secret_hash" IS DISTINCT FROM NEW."secret_hash"
		OR OLD."jwks" IS DISTINCT FROM NEW."jwks"
		OR NOT OLD."roles" <@ NEW."roles"
		OR NOT OLD."scopes" <@ NEW."scopes"
		OR NOT OLD."audiences" <@ NEW."audiences"
	) EXECUTE FUNCTION "log_revocation"('client');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "clients_log_removal" AFTER DELETE ON "clients" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	EXECUTE FUNCTION "log_revocation"('client');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "api_keys_log_end" AFTER UPDATE ON "api_keys" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."revoked_at" IS NULL AND NEW."revoked_at" IS NOT NULL) EXECUTE FUNCTION "log_revocation"('api_key');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "api_keys_log_removal" AFTER DELETE ON "api_keys" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."revoked_at" IS NULL) EXECUTE FUNCTION "log_revocation"('api_key');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "signing_keys_log_end" AFTER UPDATE ON "signing_keys" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."revoked_at" IS NULL AND NEW."revoked_at" IS NOT NULL) EXECUTE FUNCTION "log_revocation"('key');
--> statement-breakpoint
-- Postgres tells those who listen once for each transaction, when it commits.
CREATE FUNCTION "tell_revocations"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('wardgate_revocations', '');
	RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "revocations_tell" AFTER INSERT ON "revocations" FOR EACH STATEMENT EXECUTE FUNCTION "tell_revocations"();
--> statement-breakpoint
-- A revocation cannot be taken back: a row goes when nothing that it names can still be good, which is well within the hour.
CREATE FUNCTION "refuse_revocation_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'revocations is append-only' USING ERRCODE = 'restrict_violation';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "revocations_no_update" BEFORE UPDATE ON "revocations" FOR EACH ROW EXECUTE FUNCTION "refuse_revocation_change"();
--> statement-breakpoint
CREATE TRIGGER "revocations_stay" BEFORE DELETE ON "revocations" FOR EACH ROW
	WHEN (OLD."revoked_at" > now() - interval '1 hour') EXECUTE FUNCTION "refuse_revocation_change"();
--> statement-breakpoint
CREATE TRIGGER "revocations_no_truncate" BEFORE TRUNCATE ON "revocations" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_revocation_change"();
