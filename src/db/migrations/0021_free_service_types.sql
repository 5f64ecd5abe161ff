ALTER TABLE "operation" DROP CONSTRAINT "operation_service_type_id_service_type_id_fk";
