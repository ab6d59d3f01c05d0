package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.xrpl.StObject.FieldId;
import java.util.Optional;
import java.util.Set;

/**
 * Names the key with which a master key signs for the time being ({@code Manifest.cpp}). The one
 * with the highest sequence counts; {@link #REVOKED} ends the master key for good.
 */
public final class Manifest {
  /** Sequence of a revocation. */
  public static final long REVOKED = 0xffff_ffffL;

  /** Largest manifest in bytes. */
  public static final int MAX_SIZE = 1_024;

  static final FieldId SEQUENCE = new FieldId(2, 4);
  static final FieldId MASTER = new FieldId(7, 1);
  static final FieldId SIGNING = new FieldId(7, 3);
  static final FieldId SIGNATURE = new FieldId(7, 6);
  static final FieldId MASTER_SIGNATURE = new FieldId(7, 18);
  private static final FieldId DOMAIN = new FieldId(7, 7);
  private static final FieldId VERSION = new FieldId(1, 16);
  private static final Set<FieldId> ALLOWED =
      Set.of(VERSION, SEQUENCE, MASTER, SIGNING, SIGNATURE, DOMAIN, MASTER_SIGNATURE);
  private static final Bytes PREFIX = Bytes.fromHex("4d414e00");

  private final StObject fields;
  private final long sequence;
  private final XrplKey master;
  private final Optional<XrplKey> signingKey;

  private Manifest(StObject fields) {
    this.fields = fields;
    this.sequence = fields.number(SEQUENCE);
    this.master = new XrplKey(fields.need(MASTER));
    boolean revoked = sequence == REVOKED;
    this.signingKey = revoked ? Optional.empty() : Optional.of(new XrplKey(fields.need(SIGNING)));
    if (!ALLOWED.containsAll(fields.fields())
        || (fields.get(VERSION).isPresent() && fields.number(VERSION) != 0)
        || (revoked && (fields.get(SIGNING).isPresent() || fields.get(SIGNATURE).isPresent()))) {
      throw new DecodeException("a manifest with other fields");
    }
    if (signingKey.equals(Optional.of(master))) {
      throw new DecodeException("a manifest that names the master key");
    }
  }

  /**
   * @throws DecodeException if it is not a manifest in canonical form
   */
  public static Manifest decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a manifest of " + encoded.size() + " bytes");
    }
    try {
      return new Manifest(StObject.decode(encoded));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  public long sequence() {
    return sequence;
  }

  public XrplKey master() {
    return master;
  }

  /** Empty when the master key is revoked for good. */
  public Optional<XrplKey> signingKey() {
    return signingKey;
  }

  /** Whether the master key and the signing key signed it: two signatures. */
  public boolean isSigned() {
    Bytes message = Bytes.concat(PREFIX, fields.without(SIGNATURE, MASTER_SIGNATURE));
    boolean byMaster =
        fields
            .get(MASTER_SIGNATURE)
            .filter(signature -> master.verify(message, signature))
            .isPresent();
    boolean bySigning =
        signingKey
            .map(
                key ->
                    fields
                        .get(SIGNATURE)
                        .filter(signature -> key.verify(message, signature))
                        .isPresent())
            .orElse(true);
    return byMaster && bySigning;
  }
}
