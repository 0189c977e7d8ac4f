DROP INDEX "audit_events_at";--> statement-breakpoint
DROP INDEX "audit_events_of_actor";--> statement-breakpoint
DROP INDEX "audit_events_of_target";--> statement-breakpoint
CREATE INDEX "audit_events_newest" ON "audit_events" USING btree ("at","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_session" ON "audit_events" USING btree ("session_id","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_user" ON "audit_events" USING btree (coalesce("details" ->> 'user_id', case "target_kind" when 'user' then "target_id" when 'session' then case "actor_kind" when 'user' then "actor_id" end end),"at","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_type" ON "audit_events" USING btree ("type","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_request" ON "audit_events" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "audit_events_refused" ON "audit_events" USING btree ("at","sequence") WHERE "audit_events"."outcome" = 'refused';--> statement-breakpoint
CREATE INDEX "audit_events_of_actor" ON "audit_events" USING btree ("actor_id","at","sequence");--> statement-breakpoint
CREATE INDEX "audit_events_of_target" ON "audit_events" USING btree ("target_id","at","sequence");