SELECT record, kind, scope, value, records FROM identifiers WHERE identifies AND records > 1
