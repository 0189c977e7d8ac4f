CREATE TABLE "revocations" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revocations_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction_id" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"revoked_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "revocations_kind_known" CHECK ("revocations"."kind" in ('session', 'user', 'client', 'api_key', 'key', 'token')),
	CONSTRAINT "revocations_subject_of_kind" CHECK ("revocations"."subject_id" ~ case "revocations"."kind" when 'session' then '^ses_[0-9a-f]{32}$' when 'user' then '^usr_[0-9a-f]{32}$' when 'client' then '^cli_[0-9a-f]{32}$' when 'api_key' then '^apk_[0-9a-f]{32}$' when 'key' then '^key_[0-9a-f]{32}$' else '^jti_[0-9a-f]{32}$' end)
);
--> statement-breakpoint
CREATE INDEX "revocations_by_transaction" ON "revocations" USING btree ("transaction_id","sequence");--> statement-breakpoint
CREATE INDEX "revocations_by_time" ON "revocations" USING btree ("revoked_at");