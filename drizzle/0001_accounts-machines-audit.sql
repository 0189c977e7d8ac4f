CREATE TABLE "audit_events" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"target_kind" text,
	"target_id" text,
	"session_id" text,
	"request_id" text,
	"client_address" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_events_id_unique" UNIQUE("id"),
	CONSTRAINT "audit_events_outcome_known" CHECK ("audit_events"."outcome" in ('success', 'refused')),
	CONSTRAINT "audit_events_hashes_are_sha256" CHECK (octet_length("audit_events"."hash") = 32 and octet_length("audit_events"."previous_hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "refresh_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"sealed_key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refresh_keys_id_shape" CHECK ("refresh_keys"."id" ~ '^rfk_[0-9a-f]{32}$'),
	CONSTRAINT "refresh_keys_is_sealed" CHECK ("refresh_keys"."sealed_key" like 'v1.%')
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"key_hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"roles" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_key_hash_unique" UNIQUE("key_hash"),
	CONSTRAINT "api_keys_id_shape" CHECK ("api_keys"."id" ~ '^apk_[0-9a-f]{32}$'),
	CONSTRAINT "api_keys_name_shape" CHECK ("api_keys"."name" <> ''),
	CONSTRAINT "api_keys_key_hash_is_sha256" CHECK (octet_length("api_keys"."key_hash") = 32),
	CONSTRAINT "api_keys_roles_shape" CHECK (("api_keys"."roles" = '{}' or array_to_string("api_keys"."roles", ',') ~ '^[a-z0-9][a-z0-9_.:-]{0,127}(,[a-z0-9][a-z0-9_.:-]{0,127})*$') and cardinality(string_to_array(array_to_string("api_keys"."roles", ','), ',')) = cardinality("api_keys"."roles")),
	CONSTRAINT "api_keys_scopes_shape" CHECK (("api_keys"."scopes" = '{}' or array_to_string("api_keys"."scopes", ' ') ~ '^[!#-\[\]-~]+( [!#-\[\]-~]+)*$') and cardinality(string_to_array(array_to_string("api_keys"."scopes", ' '), ' ')) = cardinality("api_keys"."scopes"))
);
--> statement-breakpoint
CREATE TABLE "client_assertions" (
	"client_id" text NOT NULL,
	"jti_hash" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_assertions_once" PRIMARY KEY("client_id","jti_hash")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"auth_method" text NOT NULL,
	"secret_hash" "bytea",
	"jwks" text,
	"roles" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "clients_id_shape" CHECK ("clients"."id" ~ '^cli_[0-9a-f]{32}$'),
	CONSTRAINT "clients_name_shape" CHECK ("clients"."name" <> ''),
	CONSTRAINT "clients_auth_method_known" CHECK ("clients"."auth_method" in ('client_secret', 'private_key_jwt')),
	CONSTRAINT "clients_credential_of_method" CHECK (("clients"."auth_method" = 'client_secret') = ("clients"."secret_hash" is not null) and ("clients"."auth_method" = 'private_key_jwt') = ("clients"."jwks" is not null)),
	CONSTRAINT "clients_secret_hash_is_sha256" CHECK (octet_length("clients"."secret_hash") = 32),
	CONSTRAINT "clients_roles_shape" CHECK (("clients"."roles" = '{}' or array_to_string("clients"."roles", ',') ~ '^[a-z0-9][a-z0-9_.:-]{0,127}(,[a-z0-9][a-z0-9_.:-]{0,127})*$') and cardinality(string_to_array(array_to_string("clients"."roles", ','), ',')) = cardinality("clients"."roles")),
	CONSTRAINT "clients_scopes_shape" CHECK (("clients"."scopes" = '{}' or array_to_string("clients"."scopes", ' ') ~ '^[!#-\[\]-~]+( [!#-\[\]-~]+)*$') and cardinality(string_to_array(array_to_string("clients"."scopes", ' '), ' ')) = cardinality("clients"."scopes"))
);
--> statement-breakpoint
CREATE TABLE "one_time_tokens" (
	"user_id" text NOT NULL,
	"purpose" text NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "one_time_tokens_one_of_a_kind" PRIMARY KEY("user_id","purpose"),
	CONSTRAINT "one_time_tokens_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "one_time_tokens_purpose_known" CHECK ("one_time_tokens"."purpose" in ('email_verification', 'password_reset')),
	CONSTRAINT "one_time_tokens_token_hash_is_sha256" CHECK (octet_length("one_time_tokens"."token_hash") = 32)
);
--> statement-breakpoint
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_transport_known";--> statement-breakpoint
ALTER TABLE "users" DROP CONSTRAINT "users_password_hash_shape";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "refresh_counter" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "refresh_rotated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "refresh_grace_uses" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "amr" text[] DEFAULT '{"pwd"}' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "acr" text DEFAULT 'aal1' NOT NULL;--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "signs_from" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "published_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "revoked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "display_name" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_verified_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "client_assertions" ADD CONSTRAINT "client_assertions_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_events_of_actor" ON "audit_events" USING btree ("actor_id","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_target" ON "audit_events" USING btree ("target_id","sequence");--> statement-breakpoint
CREATE INDEX "api_keys_created" ON "api_keys" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "client_assertions_by_expiry" ON "client_assertions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "clients_created" ON "clients" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "sessions_active_by_expiry" ON "sessions" USING btree ("expires_at") WHERE "sessions"."state" = 'active';--> statement-breakpoint
CREATE INDEX "users_created" ON "users" USING btree ("created_at","id");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_refresh_not_of_cookie" CHECK ("sessions"."refresh_counter" is null or ("sessions"."transport" <> 'cookie' and "sessions"."refresh_counter" >= 0 and "sessions"."refresh_rotated_at" is not null));--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_transport_known" CHECK ("sessions"."transport" in ('bearer', 'cookie', 'token_cookies'));--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_display_name_shape" CHECK ("users"."display_name" <> '');--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_deleted_are_empty" CHECK ("users"."deleted_at" is null or ("users"."password_hash" is null and "users"."patient_id" is null and "users"."doctor_id" is null and "users"."display_name" is null and "users"."disabled_at" is not null and "users"."roles" = '{}'));--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_password_hash_shape" CHECK ("users"."password_hash" ~ '^(\$argon2(id|i|d)|\$2[aby]|\$pbkdf2-sha(1|256|512)|\$scrypt|pbkdf2_sha(1|256|512)|argon2)\$');