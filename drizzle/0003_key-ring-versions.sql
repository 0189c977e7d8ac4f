CREATE TABLE "key_ring_versions" (
	"ring" text PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "key_ring_versions_ring_known" CHECK ("key_ring_versions"."ring" in ('signing', 'refresh'))
);
