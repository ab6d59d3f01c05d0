package dev.trestle.lightclient.corda.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.CertificatePath;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.corda.NodeView;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** A view of Weaver, with the authorities between the node and the network's root. */
final class NodeViewCase {
  private static final long UNITS = 1_000_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss 'GMT' yyyy", Locale.US);

  private NodeViewCase() {}

  static VectorCase of(JsonNode json) {
    List<X509Certificate> between = new ArrayList<>();
    for (String name : List.of("node_ca", "doorman_ca")) {
      if (json.has(name)) {
        between.add(certificate(json, name));
      }
    }
    CertificatePath.Authorities authorities =
        new CertificatePath.Authorities(List.of(certificate(json, "root_ca")), between, List.of());
    Bytes view = VectorJson.hex(json, "view");
    boolean valid = !json.has("valid") || VectorJson.bool(json, "valid");
    return new VectorCase("view", Expected.of(valid), () -> outcome(json, view, authorities));
  }

  private static X509Certificate certificate(JsonNode json, String name) {
    return X509Certificate.decode(Bytes.utf8(VectorJson.text(json, name)));
  }

  private static Outcome outcome(
      JsonNode json, Bytes encoded, CertificatePath.Authorities authorities) {
    try {
      NodeView view = NodeView.decode(encoded);
      return Outcome.of(
          view.verify(authorities, seconds(view.time()), new Budget(UNITS))
              .then(
                  verified ->
                      says(json, verified)
                          ? Verdict.accept(verified)
                          : Verdict.reject(
                              RejectionCode.VALUE_MISMATCH, "not what the file says")));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static boolean says(JsonNode json, NodeView view) {
    NodeView.Payload first = view.payloads().getFirst();
    return (!json.has("payload") || VectorJson.hex(json, "payload").equals(first.payload()))
        && (!json.has("signature") || VectorJson.hex(json, "signature").equals(first.signature()))
        && (!json.has("certificate")
            || certificate(json, "certificate").encoded().equals(first.certificate().encoded()));
  }

  private static long seconds(String time) {
    try {
      return LocalDateTime.parse(time, TIME).toEpochSecond(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new DecodeException("not a time: " + time);
    }
  }
}
