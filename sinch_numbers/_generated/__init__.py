"""Written by `python -m codegen generate` from the OpenAPI document: edit that, its overlay or the templates, never this."""
