-- Who is disabled by hand keeps his sessions in the table. A token of one of them may say, by a clock that is ahead of this one, that it was issued after the user was
-- disabled; so each session is told by itself, as where the core ends them one by one.
CREATE FUNCTION "log_sessions_of_user"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO "public"."revocations" ("kind", "subject_id")
	SELECT 'session', "id" FROM "public"."sessions" WHERE "user_id" = OLD."id" AND "state" = 'active' AND "expires_at" > now();
	RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "users_log_sessions" AFTER UPDATE ON "users" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (OLD."disabled_at" IS NULL AND NEW."disabled_at" IS NOT NULL) EXECUTE FUNCTION "log_sessions_of_user"();
