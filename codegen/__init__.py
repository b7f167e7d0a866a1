"""From the vendored OpenAPI document to `sinch_numbers/_generated`: `python -m codegen generate | check | spec`.

    openapi/numbers.yaml      the document as published
      spec.py                 + openapi/overlay.yaml: what is wrong with it, as an OpenAPI Overlay
      transforms.py           + the general rules, which hold for every schema
      tables.py               + what openapi-python-client forgets
      render.py               templates/ filled, runtime/ copied
      generate.py             formatted, and swapped in

Beyond OpenAPI 3.0 the document may say:

    x-enumDescriptions        the values of an open enum, as an object with descriptions or as a list (also x-extensible-enum)
    x-discriminator-default   the discriminator's value that an absent one means
    x-aliases                 older names of a string property: read where the property is absent, written back as they came
    format: decimal           an exact decimal, in a string or as a number
    format: date-time-local   a time without zone, which means UTC
"""
