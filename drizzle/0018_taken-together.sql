-- What one transaction takes from a user or a client is taken at once, since nothing was issued in between, and is told once. Each further row would put the time a second
-- ahead, and tokens that are ahead by more than ten are refused: after thirty sessions of a user had their end moved by one statement, the user's for half a minute.
CREATE FUNCTION "is_told_already"("id" text) RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM "public"."revocations" WHERE "subject_id" = "is_told_already"."id" AND "transaction_id" = pg_current_xact_id());
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "revoke_tokens_of_user"("user_id" text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	"at_commit" timestamp(3) with time zone;
BEGIN
	IF "public"."is_told_already"("user_id") THEN
		RETURN;
	END IF;
	UPDATE "public"."users" SET "revoked_at" = greatest(clock_timestamp(), "revoked_at" + interval '1 second')
		WHERE "id" = "user_id" RETURNING "revoked_at" INTO "at_commit";
	INSERT INTO "public"."revocations" ("kind", "subject_id", "revoked_at") VALUES ('user', "user_id", coalesce("at_commit", clock_timestamp()));
END;
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "log_client_revocation"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT "public"."is_told_already"(OLD."id") THEN
		INSERT INTO "public"."revocations" ("kind", "subject_id", "revoked_at")
			SELECT 'client', OLD."id", greatest(clock_timestamp(), max("revoked_at") + interval '1 second') FROM "public"."revocations" WHERE "subject_id" = OLD."id";
	END IF;
	RETURN NULL;
END;
$$;
