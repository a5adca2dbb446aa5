"""Releases: every folder that was applied, file by file, and every version of a service.

Small tables without personal data. Rows are added and never changed, `DeclaredService` apart.
"""

from typing import ClassVar

from django.db import models


class StoredFile(models.Model):
    """The content of a file, kept once however many releases hold it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class Release(models.Model):
    """A folder as it was applied. The one with the highest number is in force."""

    number = models.BigAutoField(primary_key=True)
    city = models.CharField(max_length=63)
    files_hash = models.CharField(max_length=64)
    applied_at = models.DateTimeField()
    applied_by = models.BigIntegerField(null=True)  # the account; none for the system
    applied_by_label = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.city} {self.number}"


class ReleaseFile(models.Model):
    """One file of a release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="files")
    path = models.CharField(max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "path"], name="catalogue_release_path")
        ]

    def __str__(self) -> str:
        return self.path


class ServiceVersion(models.Model):
    """A version of a service, whole: it can be read again whatever the city becomes."""

    code = models.CharField(max_length=63)
    version = models.PositiveIntegerField()
    agency = models.CharField(max_length=63)
    process = models.CharField(max_length=63)
    languages = models.CharField(max_length=60)  # "zh,en"
    content_hash = models.CharField(max_length=64)
    release = models.ForeignKey(Release, models.PROTECT, related_name="service_versions")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="catalogue_service_version")
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.version}"


class ServiceVersionFile(models.Model):
    """One file of a version of a service: its declaration, a guide, its process."""

    service_version = models.ForeignKey(ServiceVersion, models.CASCADE, related_name="files")
    path = models.CharField(max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service_version", "path"], name="catalogue_service_version_path"
            )
        ]

    def __str__(self) -> str:
        return self.path


class DeclaredService(models.Model):
    """Every service that was ever declared, with its newest version, and since when it is closed."""

    code = models.CharField(max_length=63, primary_key=True)
    newest = models.OneToOneField(ServiceVersion, models.PROTECT, related_name="+")
    closed_since = models.DateField(null=True)

    def __str__(self) -> str:
        return self.code
