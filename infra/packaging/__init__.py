"""Makes the deployment package: interpreter, dependencies, the app's part, the artefact, its template."""
