"""What a record system gives out in the standard's own form: FHIR resources, in files, bundles or archives."""
