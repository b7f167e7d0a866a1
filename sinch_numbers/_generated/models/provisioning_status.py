from __future__ import annotations

from ..enums import OpenEnum


class ProvisioningStatus(OpenEnum):
    """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
    reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
    recommendations."""

    WAITING = "WAITING"
    IN_PROGRESS = "IN_PROGRESS"
    FAILED = "FAILED"
    PROVISIONING_STATUS_UNSPECIFIED = "PROVISIONING_STATUS_UNSPECIFIED"
