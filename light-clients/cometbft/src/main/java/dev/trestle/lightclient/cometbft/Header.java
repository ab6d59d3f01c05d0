package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;
import java.util.List;

/**
 * A CometBFT block header ({@code cometbft.types.v1.Header}). Fields ending in {@code Hash} are
 * empty or 32 bytes, but the application's, which is up to {@link #MAX_APP_HASH}.
 *
 * @param appHash root of the application's state after the block before this one
 */
public record Header(
    long versionBlock,
    long versionApp,
    String chainId,
    long height,
    Instant time,
    BlockId lastBlockId,
    Bytes lastCommitHash,
    Bytes dataHash,
    Bytes validatorsHash,
    Bytes nextValidatorsHash,
    Bytes consensusHash,
    Bytes appHash,
    Bytes lastResultsHash,
    Bytes evidenceHash,
    Bytes proposerAddress) {
  static final int HASH_SIZE = 32;

  /** Longest chain id in bytes (CometBFT {@code MaxChainIDLen}). */
  public static final int MAX_CHAIN_ID = 50;

  /** Longest application hash in bytes. */
  public static final int MAX_APP_HASH = 64;

  public Header {
    if (height < 1) {
      throw new IllegalArgumentException("height " + height);
    }
    checkHash(lastCommitHash);
    checkHash(dataHash);
    checkHash(validatorsHash);
    checkHash(nextValidatorsHash);
    checkHash(consensusHash);
    checkHash(lastResultsHash);
    checkHash(evidenceHash);
    if (appHash.size() > MAX_APP_HASH || proposerAddress.size() != Validator.ADDRESS_SIZE) {
      throw new IllegalArgumentException("application hash or proposer");
    }
  }

  static void checkHash(Bytes hash) {
    if (!hash.isEmpty() && hash.size() != HASH_SIZE) {
      throw new IllegalArgumentException("a hash of " + hash.size() + " bytes");
    }
  }

  /** The message's fields. */
  static Header read(ProtoReader in) {
    Version version = in.required(1, Version::read);
    return new Header(
        version.block(),
        version.app(),
        in.ascii(2, MAX_CHAIN_ID),
        in.varint(3, Long.MAX_VALUE),
        in.timestamp(4),
        in.message(5, BlockId::read).orElse(BlockId.NONE),
        in.bytes(6, HASH_SIZE),
        in.bytes(7, HASH_SIZE),
        in.bytes(8, HASH_SIZE),
        in.bytes(9, HASH_SIZE),
        in.bytes(10, HASH_SIZE),
        in.bytes(11, MAX_APP_HASH),
        in.bytes(12, HASH_SIZE),
        in.bytes(13, HASH_SIZE),
        in.bytes(14, Validator.ADDRESS_SIZE));
  }

  /**
   * @throws dev.trestle.base.DecodeException if it is not exactly one header in its canonical
   *     encoding
   */
  public static Header decode(Bytes encoded) {
    return ProtoReader.decode(encoded, Header::read);
  }

  public void write(ProtoWriter out) {
    out.message(1, this::writeVersion)
        .text(2, chainId)
        .varint(3, height)
        .timestamp(4, time)
        .message(5, lastBlockId::write)
        .bytes(6, lastCommitHash)
        .bytes(7, dataHash)
        .bytes(8, validatorsHash)
        .bytes(9, nextValidatorsHash)
        .bytes(10, consensusHash)
        .bytes(11, appHash)
        .bytes(12, lastResultsHash)
        .bytes(13, evidenceHash)
        .bytes(14, proposerAddress);
  }

  public Bytes encode() {
    ProtoWriter out = new ProtoWriter();
    write(out);
    return out.toBytes();
  }

  /** The block's hash: the root over the fields, scalars in their protobuf wrappers. */
  public Hash32 hash() {
    ProtoWriter version = new ProtoWriter();
    writeVersion(version);
    ProtoWriter last = new ProtoWriter();
    lastBlockId.write(last);
    return SimpleTree.root(
        List.of(
            version.toBytes(),
            new ProtoWriter().text(1, chainId).toBytes(),
            new ProtoWriter().varint(1, height).toBytes(),
            new ProtoWriter().time(time).toBytes(),
            last.toBytes(),
            wrapped(lastCommitHash),
            wrapped(dataHash),
            wrapped(validatorsHash),
            wrapped(nextValidatorsHash),
            wrapped(consensusHash),
            wrapped(appHash),
            wrapped(lastResultsHash),
            wrapped(evidenceHash),
            wrapped(proposerAddress)));
  }

  private void writeVersion(ProtoWriter out) {
    out.varint(1, versionBlock).varint(2, versionApp);
  }

  private static Bytes wrapped(Bytes value) {
    return new ProtoWriter().bytes(1, value).toBytes();
  }

  private record Version(long block, long app) {
    static Version read(ProtoReader in) {
      return new Version(in.varint(1), in.varint(2));
    }
  }
}
