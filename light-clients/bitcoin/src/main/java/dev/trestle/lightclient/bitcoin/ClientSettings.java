package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;

/**
 * What governance chose for one client.
 *
 * @param parametersId {@link ChainParameters#id}
 * @param maxReorgDepth blocks that a reorganisation may disconnect; a deeper one is refused
 * @param retention blocks below the tip whose headers are kept: older transactions cannot be proved
 * @param minimumChainWork work that the best chain must have before anything is proved by it
 */
public record ClientSettings(
    String parametersId, int maxReorgDepth, int retention, BigInteger minimumChainWork) {
  /** Blocks. */
  public static final int DEFAULT_MAX_REORG_DEPTH = 100;

  /** Hard upper bound in blocks. */
  public static final int MAX_REORG_DEPTH = 2_016;

  /** Blocks: four weeks of Bitcoin, one of Litecoin. */
  public static final int DEFAULT_RETENTION = 4_032;

  /** Hard upper bound in blocks. */
  public static final int MAX_RETENTION = 20_160;

  private static final int VERSION = 1;
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
  }

  /** Default depth and retention, no minimum work. */
  public static ClientSettings of(ChainParameters parameters) {
    return new ClientSettings(
        parameters.id(), DEFAULT_MAX_REORG_DEPTH, DEFAULT_RETENTION, BigInteger.ZERO);
  }

  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    write(out);
    return out.toBytes();
  }

  static ClientSettings decode(Bytes record) {
    return CanonicalReader.decode(
        record,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("unknown version of client settings");
          }
          return read(in);
        });
  }

  void write(CanonicalWriter out) {
    out.text(parametersId).u32(maxReorgDepth).u32(retention).u256(minimumChainWork);
  }

  static ClientSettings read(CanonicalReader in) {
    return new ClientSettings(
        in.text(MAX_ID), Math.toIntExact(in.u32()), Math.toIntExact(in.u32()), in.u256());
  }
}
