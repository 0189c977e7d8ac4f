ALTER TABLE "users" ADD COLUMN "revoked_at" timestamp (3) with time zone;--> statement-breakpoint
UPDATE "users" SET "revoked_at" = "told"."at" FROM (
	SELECT "subject_id", max("revoked_at") AS "at" FROM "revocations" WHERE "kind" = 'user' GROUP BY "subject_id"
) AS "told" WHERE "users"."id" = "told"."subject_id";
--> statement-breakpoint
-- Tokens of users say their roles and links: what is taken from a user is in them until they end. Sessions go on, and a refresh tells what is left.
-- The time is the user's too, so that whoever reads the roles of which a new token will tell reads in the same row after which second it counts as new. Tokens that were
-- issued since the last time may say a second that is still to come: so this time is at least a second later than that.
CREATE FUNCTION "revoke_tokens_of_user"("user_id" text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	"at_commit" timestamp(3) with time zone;
BEGIN
	UPDATE "public"."users" SET "revoked_at" = greatest(clock_timestamp(), "revoked_at" + interval '1 second')
		WHERE "id" = "user_id" RETURNING "revoked_at" INTO "at_commit";
	INSERT INTO "public"."revocations" ("kind", "subject_id", "revoked_at") VALUES ('user', "user_id", coalesce("at_commit", clock_timestamp()));
END;
$$;
--> statement-breakpoint
CREATE FUNCTION "log_user_revocation"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	PERFORM "public"."revoke_tokens_of_user"(OLD."id");
	RETURN NULL;
END;
$$;
--> statement-breakpoint
DROP TRIGGER "users_log_end" ON "users";
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "users_log_end" AFTER UPDATE ON "users" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (
		(OLD."disabled_at" IS NULL AND NEW."disabled_at" IS NOT NULL)
		OR (OLD."deleted_at" IS NULL AND NEW."deleted_at" IS NOT NULL)
		OR NOT OLD."roles" <@ NEW."roles"
		OR (OLD."patient_id" IS NOT NULL AND OLD."patient_id" IS DISTINCT FROM NEW."patient_id")
		OR (OLD."doctor_id" IS NOT NULL AND OLD."doctor_id" IS DISTINCT FROM NEW."doctor_id")
	) EXECUTE FUNCTION "log_user_revocation"();
--> statement-breakpoint
-- A token ends with its session as it was when the token was issued. Where the end is moved to before now, the session is over; where it is moved to the time
-- in which tokens live, the user's tokens are, and the next ones end with it.
CREATE FUNCTION "log_earlier_end"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NEW."expires_at" <= clock_timestamp() THEN
		INSERT INTO "public"."revocations" ("kind", "subject_id") VALUES ('session', OLD."id");
	ELSE
		PERFORM "public"."revoke_tokens_of_user"(OLD."user_id");
	END IF;
	RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "sessions_log_earlier_end" AFTER UPDATE ON "sessions" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (
		OLD."state" = 'active' AND NEW."state" = 'active' AND OLD."expires_at" > now()
		AND NEW."expires_at" < OLD."expires_at" AND NEW."expires_at" < clock_timestamp() + interval '20 minutes'
	) EXECUTE FUNCTION "log_earlier_end"();
--> statement-breakpoint
-- An API key is looked up each second; what is open on it ends with it as it was when that began.
CREATE CONSTRAINT TRIGGER "api_keys_log_earlier_end" AFTER UPDATE ON "api_keys" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (
		OLD."revoked_at" IS NULL AND NEW."revoked_at" IS NULL AND coalesce(OLD."expires_at" > now(), true)
		AND NEW."expires_at" < coalesce(OLD."expires_at", 'infinity') AND NEW."expires_at" <= clock_timestamp()
	) EXECUTE FUNCTION "log_revocation"('api_key');
--> statement-breakpoint
-- As with users: what is taken from a client twice within a second is taken from the tokens in between too.
CREATE FUNCTION "log_client_revocation"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO "public"."revocations" ("kind", "subject_id", "revoked_at")
		SELECT 'client', OLD."id", greatest(clock_timestamp(), max("revoked_at") + interval '1 second') FROM "public"."revocations" WHERE "subject_id" = OLD."id";
	RETURN NULL;
END;
$$;
--> statement-breakpoint
DROP TRIGGER "clients_log_end" ON "clients";
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "clients_log_end" AFTER UPDATE ON "clients" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	WHEN (
		(OLD."disabled_at" IS NULL AND NEW."disabled_at" IS NOT NULL)
		OR OLD."auth_method" <> NEW."auth_method"
		OR OLD."secret_hash" IS DISTINCT FROM NEW."secret_hash"
		OR OLD."jwks" IS DISTINCT FROM NEW."jwks"
		OR NOT OLD."roles" <@ NEW."roles"
		OR NOT OLD."scopes" <@ NEW."scopes"
		OR NOT OLD."audiences" <@ NEW."audiences"
	) EXECUTE FUNCTION "log_client_revocation"();
--> statement-breakpoint
DROP TRIGGER "clients_log_removal" ON "clients";
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "clients_log_removal" AFTER DELETE ON "clients" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
	EXECUTE FUNCTION "log_client_revocation"();
