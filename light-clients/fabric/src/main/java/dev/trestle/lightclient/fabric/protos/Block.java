package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code common.Block}.
 *
 * @param data envelopes; empty where they were left out
 * @param metadata by {@code BlockMetadataIndex}: 0 signatures, 2 validation codes
 */
public record Block(BlockHeader header, List<Bytes> data, List<Bytes> metadata) {
  /** Most transactions of a block. */
  public static final int MAX_TRANSACTIONS = 10_000;

  /** Largest block in bytes. */
  public static final int MAX_SIZE = 2_000_000;

  private static final int MAX_METADATA = 16;

  /** Index of the orderers' signatures. */
  private static final int SIGNATURES = 0;

  /** Index of the committing peer's validation codes, one byte a transaction. */
  private static final int TRANSACTIONS_FILTER = 2;

  public Block {
    data = List.copyOf(data);
    metadata = List.copyOf(metadata);
  }

  /**
   * In the only form that canonical encoders write: neither the wrapper nor the metadata are below
   * a hash.
   *
   * @throws DecodeException if it is in any other
   */
  public static Block decodeCanonical(Bytes encoded) {
    return ProtoReader.decode(
        encoded,
        in ->
            new Block(
                in.required(1, BlockHeader::read),
                in.message(2, each -> list(each, MAX_TRANSACTIONS)).orElse(List.of()),
                in.message(3, each -> list(each, MAX_METADATA)).orElse(List.of())));
  }

  private static List<Bytes> list(ProtoReader in, int max) {
    List<Bytes> items = new ArrayList<>();
    Optional<Bytes> next = in.choice(1, MAX_SIZE);
    while (next.isPresent()) {
      if (items.size() == max) {
        throw new DecodeException("more than " + max + " items");
      }
      items.add(next.get());
      next = in.choice(1, MAX_SIZE);
    }
    return items;
  }

  /**
   * As a node returns it.
   *
   * @throws DecodeException if it is no block
   */
  public static Block decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    return new Block(
        BlockHeader.read(in.message(1)),
        in.message(2).repeated(1, MAX_TRANSACTIONS),
        in.message(3).repeated(1, MAX_METADATA));
  }

  public Bytes encode() {
    ProtoWriter out = new ProtoWriter().message(1, header::write);
    if (!data.isEmpty()) {
      out.message(2, inner -> data.forEach(each -> inner.message(1, each)));
    }
    if (!metadata.isEmpty()) {
      out.message(3, inner -> metadata.forEach(each -> inner.message(1, each)));
    }
    return out.toBytes();
  }

  /** {@code protoutil.BlockDataHash}: of the envelopes one after another. */
  public static Hash32 dataHash(List<Bytes> data) {
    return Digests.sha256(data.toArray(Bytes[]::new));
  }

  /** Encoded {@code common.Metadata}; empty if there is none. */
  public Bytes signatures() {
    return metadata(SIGNATURES);
  }

  /** The validation codes, one byte a transaction. Nobody signs them. */
  public Bytes validationCodes() {
    return metadata(TRANSACTIONS_FILTER);
  }

  private Bytes metadata(int index) {
    return metadata.size() > index ? metadata.get(index) : Bytes.EMPTY;
  }

  /** Only the header, the signatures, and the data if {@code withData}. */
  public Block pruned(boolean withData) {
    return new Block(header, withData ? data : List.of(), List.of(signatures()));
  }
}
