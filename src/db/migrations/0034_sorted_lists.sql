DROP INDEX "app_expires";--> statement-breakpoint
CREATE INDEX "app_name" ON "app" USING btree ("name" collate "zh-x-icu","id") WHERE "app"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_name" ON "project" USING btree ("name" collate "zh-x-icu","id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "operation_name" ON "operation" USING btree ("name" collate "zh-x-icu","id") WHERE "operation"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "operation_path" ON "operation" USING btree ("path","id") WHERE "operation"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "app_expires" ON "app" USING btree ("expires_at","id") WHERE "app"."deleted_at" is null;