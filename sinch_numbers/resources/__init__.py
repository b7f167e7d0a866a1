"""The API's resources, one module each, as the client's attributes."""
