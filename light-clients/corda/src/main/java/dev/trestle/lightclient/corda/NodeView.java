package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.CertificatePath;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.protobuf.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A view that a Corda node attested for Weaver: {@code common.View} with {@code
 * corda.ViewData.NotarizedPayload}s. Every payload must be signed by the key of its certificate,
 * and every certificate must lead to the network's root. Such a view says what a node claims, not
 * what a notary signed.
 *
 * <p>Weaver {@code corda/view_data.proto}.
 *
 * @param time as the node wrote it
 */
public record NodeView(String time, List<Payload> payloads) {
  private static final int MAX_PAYLOADS = 64;
  private static final int MAX_TEXT = 256;
  private static final int MAX_PAYLOAD = 200_000;

  /** {@code common.Meta.Protocol.CORDA}. */
  public static final int CORDA = 4;

  public NodeView {
    payloads = List.copyOf(payloads);
  }

  /** {@code corda.ViewData.NotarizedPayload}. */
  public record Payload(Bytes signature, X509Certificate certificate, Bytes payload) {
    private static Payload read(ProtoReader in) {
      String signature = in.ascii(1, MAX_TEXT);
      X509Certificate certificate =
          X509Certificate.decode(in.bytes(2, 2 * X509Certificate.MAX_SIZE));
      in.bytes(3, MAX_TEXT);
      return new Payload(base64(signature), certificate, in.bytes(4, MAX_PAYLOAD));
    }

    private static Bytes base64(String text) {
      try {
        return Bytes.wrap(Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII)));
      } catch (IllegalArgumentException e) {
        throw new DecodeException("not Base64");
      }
    }
  }

  /**
   * @throws DecodeException if it is no view of a Corda node
   */
  public static NodeView decode(Bytes encoded) {
    return ProtoReader.decode(
        encoded,
        in -> {
          String time = in.required(1, NodeView::meta);
          return new NodeView(
              time, in.required(2, data -> data.messages(1, MAX_PAYLOADS, Payload::read)));
        });
  }

  private static String meta(ProtoReader in) {
    if (in.varint(1) != CORDA) {
      throw new DecodeException("a view of another protocol");
    }
    String time = in.ascii(2, MAX_TEXT);
    in.ascii(3, MAX_TEXT);
    in.ascii(4, MAX_TEXT);
    return time;
  }

  /**
   * Rejects with {@code quorum-low} (no payload), {@code view-signature}, {@code budget-exceeded}
   * and the codes of {@link CertificatePath}.
   *
   * @param atSeconds Unix time at which certificates are judged
   */
  public Verdict<NodeView> verify(
      CertificatePath.Authorities authorities, long atSeconds, Budget budget) {
    if (payloads.isEmpty()) {
      return Verdict.reject(RejectionCode.QUORUM_LOW, "no payload");
    }
    Verdict<NodeView> verdict = Verdict.accept(this);
    for (Payload each : payloads) {
      verdict = verdict.then(view -> view.verify(each, authorities, atSeconds, budget));
    }
    return verdict;
  }

  private Verdict<NodeView> verify(
      Payload payload, CertificatePath.Authorities authorities, long atSeconds, Budget budget) {
    if (!budget.charge(Budget.SIGNATURE)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
    }
    X509Certificate certificate = payload.certificate();
    SignatureScheme scheme = SignatureScheme.of(certificate.key());
    if (!scheme.verify(certificate.key(), payload.payload(), payload.signature())) {
      return Verdict.reject(CordaCode.VIEW_SIGNATURE, "not the node's");
    }
    return CertificatePath.validate(
            certificate, authorities, atSeconds, () -> budget.charge(Budget.SIGNATURE))
        .then(path -> Verdict.accept(this));
  }
}
