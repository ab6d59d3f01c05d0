package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.msp.Msp;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Authorities and times as vector files state them. */
final class VectorAuthorities {
  private VectorAuthorities() {}

  /** An object of certificates in PEM by the name of the MSP. */
  static List<Msp> msps(JsonNode node) {
    List<Msp> msps = new ArrayList<>();
    for (String name : node.propertyNames()) {
      msps.add(Msp.of(name, List.of(certificate(VectorJson.text(node, name)))));
    }
    return msps;
  }

  static X509Certificate certificate(String pem) {
    return X509Certificate.decode(Bytes.utf8(pem));
  }

  /** Unix seconds of a time in ISO 8601. */
  static long seconds(String time) {
    try {
      return Instant.parse(time).getEpochSecond();
    } catch (DateTimeParseException e) {
      throw new DecodeException("not a time: " + time);
    }
  }
}
