CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"transport" text NOT NULL,
	"token_hash" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"client_address" text,
	"user_agent" text,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "sessions_id_shape" CHECK ("sessions"."id" ~ '^ses_[0-9a-f]{32}$'),
	CONSTRAINT "sessions_state_known" CHECK ("sessions"."state" in ('active', 'revoked', 'expired', 'compromised')),
	CONSTRAINT "sessions_transport_known" CHECK ("sessions"."transport" in ('bearer', 'cookie')),
	CONSTRAINT "sessions_token_hash_of_cookie" CHECK (("sessions"."transport" = 'cookie') = ("sessions"."token_hash" is not null)),
	CONSTRAINT "sessions_token_hash_is_sha256" CHECK (octet_length("sessions"."token_hash") = 32),
	CONSTRAINT "sessions_ended_unless_active" CHECK (("sessions"."state" = 'active') = ("sessions"."ended_at" is null)),
	CONSTRAINT "sessions_expire_after_creation" CHECK ("sessions"."expires_at" > "sessions"."created_at")
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"algorithm" text NOT NULL,
	"public_jwk" text NOT NULL,
	"sealed_private_jwk" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "signing_keys_id_shape" CHECK ("signing_keys"."id" ~ '^key_[0-9a-f]{32}$'),
	CONSTRAINT "signing_keys_algorithm_known" CHECK ("signing_keys"."algorithm" in ('RS256', 'ES256', 'EdDSA')),
	CONSTRAINT "signing_keys_public_is_public" CHECK (coalesce("signing_keys"."public_jwk"::jsonb ->> 'kty', '') in ('RSA', 'EC', 'OKP') and ("signing_keys"."public_jwk"::jsonb ->> 'd') is null),
	CONSTRAINT "signing_keys_private_is_sealed" CHECK ("signing_keys"."sealed_private_jwk" <> '' and "signing_keys"."sealed_private_jwk" not like '{%')
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"username" text NOT NULL,
	"password_hash" text,
	"roles" text[] NOT NULL,
	"patient_id" text,
	"doctor_id" text,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_patient_id_unique" UNIQUE("patient_id"),
	CONSTRAINT "users_doctor_id_unique" UNIQUE("doctor_id"),
	CONSTRAINT "users_id_shape" CHECK ("users"."id" ~ '^usr_[0-9a-f]{32}$'),
	CONSTRAINT "users_email_shape" CHECK ("users"."email" = lower("users"."email") and position('@' in "users"."email") > 1),
	CONSTRAINT "users_username_shape" CHECK ("users"."username" <> '' and position('@' in "users"."username") = 0),
	CONSTRAINT "users_password_hash_shape" CHECK ("users"."password_hash" like '$argon2id$%'),
	CONSTRAINT "users_roles_shape" CHECK (("users"."roles" = '{}' or array_to_string("users"."roles", ',') ~ '^[a-z0-9][a-z0-9_.:-]{0,127}(,[a-z0-9][a-z0-9_.:-]{0,127})*$') and cardinality(string_to_array(array_to_string("users"."roles", ','), ',')) = cardinality("users"."roles")),
	CONSTRAINT "users_patient_id_shape" CHECK ("users"."patient_id" <> ''),
	CONSTRAINT "users_doctor_id_shape" CHECK ("users"."doctor_id" <> '')
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sessions_active_of_user" ON "sessions" USING btree ("user_id") WHERE "sessions"."state" = 'active';--> statement-breakpoint
CREATE INDEX "sessions_ended" ON "sessions" USING btree ("ended_at") WHERE "sessions"."ended_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "users_username_unique" ON "users" USING btree (lower("username"));