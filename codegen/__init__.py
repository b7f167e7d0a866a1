"""From the vendored OpenAPI document to `sinch_numbers/_generated`: `python -m codegen generate | check | spec`."""
