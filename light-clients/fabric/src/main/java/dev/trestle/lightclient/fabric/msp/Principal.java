package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import java.util.List;

/** {@code msp.MSPPrincipal}: who may satisfy a rule of a policy. */
public sealed interface Principal {
  /** A member of an MSP in a role. */
  record InRole(String msp, Role role) implements Principal {}

  /** A member of an MSP with an organisational unit. */
  record InUnit(String msp, String unit) implements Principal {}

  /** One certificate. */
  record Exactly(String msp, X509Certificate certificate) implements Principal {}

  /** All of them. */
  record AllOf(List<Principal> parts) implements Principal {
    public AllOf {
      parts = List.copyOf(parts);
    }
  }

  /** Most parts of a combined principal. */
  int MAX_PARTS = 16;

  /** Deepest nesting of combined principals. */
  int MAX_DEPTH = 4;

  default boolean includes(Identity identity) {
    return switch (this) {
      case InRole(String msp, Role role) ->
          identity.msp().equals(msp) && identity.roles().contains(role);
      case InUnit(String msp, String unit) ->
          identity.msp().equals(msp) && identity.certificate().organizationalUnits().contains(unit);
      case Exactly(String msp, X509Certificate certificate) ->
          identity.msp().equals(msp) && identity.certificate().equals(certificate);
      case AllOf(List<Principal> parts) -> parts.stream().allMatch(each -> each.includes(identity));
    };
  }

  /**
   * @throws DecodeException if it is malformed or of a kind that we do not judge (anonymity)
   */
  static Principal decode(Bytes encoded) {
    return decode(encoded, 0);
  }

  private static Principal decode(Bytes encoded, int depth) {
    ProtoFields in = ProtoFields.parse(encoded);
    ProtoFields principal = in.message(2);
    int kind = in.integer(1, MAX_PARTS);
    return switch (kind) {
      case 0 -> new InRole(principal.text(1), Role.of(principal.varint(2)));
      case 1 -> unit(principal);
      case 2 -> {
        SerializedIdentity identity = SerializedIdentity.decode(in.bytes(2));
        yield new Exactly(identity.msp(), X509Certificate.decode(identity.certificate()));
      }
      case 4 -> {
        List<Bytes> parts = principal.repeated(1, MAX_PARTS);
        if (parts.isEmpty() || depth == MAX_DEPTH) {
          throw new DecodeException("a combined principal of nothing or too deep");
        }
        yield new AllOf(parts.stream().map(each -> decode(each, depth + 1)).toList());
      }
      default -> throw new DecodeException("a principal of kind " + kind);
    };
  }

  /** Certifiers are not followed: a principal that names one is refused. */
  private static Principal unit(ProtoFields principal) {
    if (!principal.bytes(3).isEmpty() || principal.text(2).isEmpty()) {
      throw new DecodeException("a unit with a certifier or without a name");
    }
    return new InUnit(principal.text(1), principal.text(2));
  }
}
