ALTER TABLE "clients" DROP CONSTRAINT "clients_auth_method_known";--> statement-breakpoint
ALTER TABLE "clients" DROP CONSTRAINT "clients_credential_of_method";--> statement-breakpoint
UPDATE "clients" SET "auth_method" = 'client_secret_basic' WHERE "auth_method" = 'client_secret';--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_auth_method_known" CHECK ("clients"."auth_method" in ('client_secret_basic', 'client_secret_post', 'private_key_jwt'));--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_credential_of_method" CHECK (("clients"."auth_method" <> 'private_key_jwt') = ("clients"."secret_hash" is not null) and ("clients"."auth_method" = 'private_key_jwt') = ("clients"."jwks" is not null));