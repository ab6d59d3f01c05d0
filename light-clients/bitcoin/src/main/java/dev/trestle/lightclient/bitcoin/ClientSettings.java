package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What governance chose for one client.
 *
 * @param parametersId {@link ChainParameters#id}
 * @param maxReorgDepth blocks that a reorganisation may disconnect; a deeper one is refused
 * @param retention blocks below the tip whose headers are kept: older transactions cannot be proved
 * @param minimumChainWork work that the best chain must have before anything is proved by it
 * @param signetChallenge output script that every block of a signet must satisfy ({@link
 *     SignetChallenge}); empty on all other networks
 */
public record ClientSettings(
    String parametersId,
    int maxReorgDepth,
    int retention,
    BigInteger minimumChainWork,
    Optional<Bytes> signetChallenge) {
  /** Blocks. */
  public static final int DEFAULT_MAX_REORG_DEPTH = 100;

  /** Hard upper bound in blocks. */
  public static final int MAX_REORG_DEPTH = 2_016;

  /** Blocks: four weeks of Bitcoin, one of Litecoin. */
  public static final int DEFAULT_RETENTION = 4_032;

  /** Hard upper bound in blocks. */
  public static final int MAX_RETENTION = 20_160;

  /** Without a challenge, which most networks do not have, and with one. */
  static final int VERSION = 1;

  static final int SIGNET_VERSION = 2;
  private static final int MAX_ID = 64;

  public ClientSettings {
    if (maxReorgDepth < 1 || maxReorgDepth > MAX_REORG_DEPTH) {
      throw new IllegalArgumentException("reorganisation depth out of [1, 2016]");
    }
    // Twice: so that evidence of a reorganisation that is too deep still finds its fork point.
    if (retention < 2 * maxReorgDepth || retention > MAX_RETENTION) {
      throw new IllegalArgumentException("retention out of [2 * depth, 20160]");
    }
    if (minimumChainWork.signum() < 0 || minimumChainWork.bitLength() > 256) {
      throw new IllegalArgumentException("chain work is a u256");
    }
    if (signetChallenge.isPresent() && signetChallenge.get().size() > SignetChallenge.MAX_SIZE) {
      throw new IllegalArgumentException("a challenge that is too long");
    }
  }

  /** Of a network that is not a signet. */
  public ClientSettings(
      String parametersId, int maxReorgDepth, int retention, BigInteger minimumChainWork) {
    this(parametersId, maxReorgDepth, retention, minimumChainWork, Optional.empty());
  }

  /** Default depth and retention, no minimum work; a signet's headers need its challenge, too. */
  public static ClientSettings of(ChainParameters parameters) {
    return new ClientSettings(
        parameters.id(), DEFAULT_MAX_REORG_DEPTH, DEFAULT_RETENTION, BigInteger.ZERO);
  }

  /** The same for a signet with this challenge. */
  public ClientSettings withChallenge(SignetChallenge challenge) {
    return new ClientSettings(
        parametersId, maxReorgDepth, retention, minimumChainWork, Optional.of(challenge.script()));
  }

  /** First byte of everything that holds these settings. */
  int version() {
    return signetChallenge.isPresent() ? SIGNET_VERSION : VERSION;
  }

  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(version());
    write(out);
    return out.toBytes();
  }

  static ClientSettings decode(Bytes record) {
    return CanonicalReader.decode(record, in -> read(in, in.u8()));
  }

  void write(CanonicalWriter out) {
    out.text(parametersId).u32(maxReorgDepth).u32(retention).u256(minimumChainWork);
    signetChallenge.ifPresent(out::bytes);
  }

  /**
   * @param version of what holds them
   * @throws DecodeException for another version than 1 and 2
   */
  static ClientSettings read(CanonicalReader in, int version) {
    if (version != VERSION && version != SIGNET_VERSION) {
      throw new DecodeException("unknown version " + version);
    }
    return new ClientSettings(
        in.text(MAX_ID),
        Math.toIntExact(in.u32()),
        Math.toIntExact(in.u32()),
        in.u256(),
        version == SIGNET_VERSION
            ? Optional.of(in.bytes(SignetChallenge.MAX_SIZE))
            : Optional.empty());
  }
}
