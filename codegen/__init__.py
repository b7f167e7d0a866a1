"""Generates `sinch_numbers/_generated` from the vendored OpenAPI document: `python -m codegen generate | check | spec | ...`.

    openapi/numbers.yaml      the document as published
      spec.py, overlay.py     apply openapi/overlay.yaml and additions.yaml: corrections and additions, as OpenAPI Overlays
      skip.py                 leaves out what config.yaml skips, with a reason
      openapi31.py            rewrites OpenAPI 3.1 and 3.2 as 3.0
      supported.py            refuses what would be lost in silence, by the JSON pointer of its place (supported_schemas.py)
      transforms.py           applies general rules to every schema (flatten.py, inline_schemas.py, operation_names.py,
                              constraints.py and reached.py: five of them)
      tables.py               collects what openapi-python-client drops
      render.py               fills templates/: endpoints.py, fields.py, kinds.py, unions.py, safety.py and examples.py prepare
                              their values
      face.py                 writes what makes the package public: models.py, __init__.py, resources/operations.py
      generate.py             runs all of it, copies runtime/, and formats
      verify.py               imports and type-checks the result, before it replaces the package

    released_names.py         keeps the names of the last release (aliases.py writes their modules; openapi/names.yaml has them)
    update.py                 takes over a newer document: findings.py and nearest.py say what becomes of the overlays, report.py
                              makes the page
    surface.py, diff.py       the public names of the package, and what users' code loses between two of them (surfaces.py)
    drift.py                  overlay actions for what a DriftRecorder has seen
    release.py                keeps what a release consists of for users

Supported extensions of OpenAPI 3.0:

    x-enumDescriptions        the values of an open enum: an object with descriptions, or a list (also x-extensible-enum)
    x-safety                  of an operation: read, idempotent, once or billable, if its method does not say it
    x-discriminator-default   the value of an absent discriminator
    x-aliases                 older names of a string property: read if the property is absent, written back under the same name
    format: decimal           an exact decimal, as a string or a number
    format: date-time-local   a time without time zone: UTC
"""
