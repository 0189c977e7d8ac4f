ALTER TABLE "sessions" ADD COLUMN "client_id" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_client_id_shape" CHECK ("sessions"."client_id" ~ '^cli_[0-9a-f]{32}$');--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_client_of_bearer" CHECK ("sessions"."client_id" is null or "sessions"."transport" = 'bearer');