package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.polkadot.Header;
import java.util.List;

/**
 * One step of an update: {@code bytes signedCommitment | list of address 20 | leaf 113 | u64
 * leafIndex | u64 leafCount | list of item 32 | bytes header | bytes timeProof}.
 *
 * @param signed {@link SignedCommitment} in SCALE
 * @param validators all of the set that signed
 * @param leaf {@link MmrLeaf} in SCALE, the last of the range
 * @param items of {@code mmr_generateProof}
 * @param header that the leaf names as parent
 * @param timeProof a {@link dev.trestle.lightclient.polkadot.trie.StorageProof} of {@code
 *     Timestamp.Now} under that header
 */
public record Step(
    Bytes signed,
    List<EvmAddress> validators,
    Bytes leaf,
    long leafIndex,
    long leafCount,
    List<Hash32> items,
    Header header,
    Bytes timeProof) {
  static final int MAX_ITEMS = 64;

  public Bytes encode() {
    return writeValidators(new CanonicalWriter().bytes(signed), validators)
        .fixed(leaf)
        .u64(leafIndex)
        .u64(leafCount)
        .list(items, CanonicalWriter::hash)
        .bytes(header.encode())
        .bytes(timeProof)
        .toBytes();
  }

  static Step read(CanonicalReader in) {
    return new Step(
        in.bytes(SignedCommitment.MAX_SIZE),
        readValidators(in),
        in.fixed(MmrLeaf.SIZE),
        in.u64(),
        in.u64(),
        in.list(MAX_ITEMS, CanonicalReader::hash),
        Header.decode(in.bytes(Header.MAX_SIZE)),
        in.bytes(Claim.MAX_PROOF));
  }

  static CanonicalWriter writeValidators(CanonicalWriter out, List<EvmAddress> validators) {
    return out.list(validators, (to, each) -> to.fixed(each.bytes()));
  }

  static List<EvmAddress> readValidators(CanonicalReader in) {
    return in.list(
        ValidatorSet.MAX_VALIDATORS, each -> new EvmAddress(each.fixed(EvmAddress.SIZE)));
  }
}
