"""What a learning management system reads of a package: imsmanifest.xml of SCORM, cmi5.xml."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# The page that a system opens.
LAUNCH = "launch.html"


@dataclass(frozen=True)
class Course:
    """What manifests say of a package."""

    # Letters, digits and hyphens: names the package among others of a system.
    name: str
    title: str
    language: str
    description: str
    # The share of the exercises and questions that counts as passed.
    mark: float


def scorm12(course: Course, files: Iterable[str]) -> str:
    """imsmanifest.xml of SCORM 1.2 (ADL, 2001).

    It names no mastery score: systems that have one call a learner who leaves halfway failed.
    """
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier={quoteattr(course.name)} version="1.0"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>{escape(course.title)}</title>
      <item identifier="lesson" identifierref="pages">
        <title>{escape(course.title)}</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="pages" type="webcontent" adlcp:scormtype="sco" href="{LAUNCH}">
{_listed(files)}
    </resource>
  </resources>
</manifest>
"""


def scorm2004(course: Course, files: Iterable[str]) -> str:
    """imsmanifest.xml of SCORM 2004, third edition (ADL, 2006)."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier={quoteattr(course.name)} version="1.0"
  xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
  xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>2004 3rd Edition</schemaversion>
  </metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>{escape(course.title)}</title>
      <item identifier="lesson" identifierref="pages">
        <title>{escape(course.title)}</title>
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>
      </item>
      <imsss:sequencing>
        <imsss:controlMode choice="true" flow="true"/>
      </imsss:sequencing>
    </organization>
  </organizations>
  <resources>
    <resource identifier="pages" type="webcontent" adlcp:scormType="sco" href="{LAUNCH}">
{_listed(files)}
    </resource>
  </resources>
</manifest>
"""


def cmi5(course: Course) -> str:
    """cmi5.xml (AICC, cmi5 Quartz, 2016). Its identifiers follow from the package's name."""
    language = quoteattr(course.language)
    title = f"<title><langstring lang={language}>{escape(course.title)}</langstring></title>"
    words = f"<langstring lang={language}>{escape(course.description)}</langstring>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="{_identifier(course.name, "course")}">
    {title}
    <description>{words}</description>
  </course>
  <au id="{_identifier(course.name, "lesson")}" moveOn="Passed" masteryScore="{course.mark:.4g}">
    {title}
    <description>{words}</description>
    <url>{LAUNCH}</url>
  </au>
</courseStructure>
"""


def _listed(files: Iterable[str]) -> str:
    return "\n".join(f"      <file href={quoteattr(name)}/>" for name in files)


def _identifier(name: str, part: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{part}").urn
