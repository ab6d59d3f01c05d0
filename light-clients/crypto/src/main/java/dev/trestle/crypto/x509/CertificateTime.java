package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.Time;

/** RFC 5280 4.1.2.5: UTC to the second, with two digits of the year until 2049 and four after. */
final class CertificateTime {
  private static final Pattern UTC_TIME =
      Pattern.compile("([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z");
  private static final Pattern GENERALIZED_TIME =
      Pattern.compile("([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z");
  private static final int UTC_TAG = 0x17;
  private static final int PIVOT = 50;

  private CertificateTime() {}

  /** Unix seconds. */
  static long seconds(Time time) throws IOException {
    Bytes encoded = Bytes.wrap(time.toASN1Primitive().getEncoded("DER"));
    String text = new String(encoded.slice(2, encoded.size()).toArray(), StandardCharsets.US_ASCII);
    boolean utc = encoded.at(0) == UTC_TAG;
    Matcher parts = (utc ? UTC_TIME : GENERALIZED_TIME).matcher(text);
    if (!parts.matches()) {
      throw new DecodeException("not a time of a certificate: " + text);
    }
    int year = part(parts, 1);
    int century = !utc ? 0 : year < PIVOT ? 2000 : 1900;
    try {
      return LocalDateTime.of(
              century + year,
              part(parts, 2),
              part(parts, 3),
              part(parts, 4),
              part(parts, 5),
              part(parts, 6))
          .toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new DecodeException("not a time of a certificate: " + text);
    }
  }

  private static int part(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }
}
