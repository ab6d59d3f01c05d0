package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.Rotation;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rotation that a snapshot gives is that of a node which saw every block. */
class SnapshotProofTest {
  @TempDir Path temp;

  private final List<SecretKey> keys = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final List<MerkleFrontier> histories = new ArrayList<>();

  private CommitCertificate certify(Hash32 chainId, Block block, int round) {
    Hash32 digest = Statement.commit(block.height(), round, block.id()).digest(chainId);
    List<EcdsaSignature> signatures =
        keys.subList(0, 3).stream()
            .map(key -> Secp256k1.instance().signEcdsa(digest, key))
            .toList();
    return new CommitCertificate(
        block.height(), round, block.id(), new SignatureList(4, List.of(0, 1, 2), signatures));
  }

  /** Every seventh block needs a second or third round. */
  private static int round(long height) {
    return height % 7 == 0 ? 1 + (int) (height % 2) : 0;
  }

  private Block next(Genesis genesis, ChainHead parent, Optional<CommitCertificate> last) {
    Hash32 set = parent.nextValidators().hash();
    RelayHeader header =
        new RelayHeader(
            genesis.chainId(),
            parent.height() + 1,
            parent.timeMs() + 1,
            parent.id(),
            0,
            set,
            set,
            Block.txRoot(List.of()),
            Hash32.ZERO,
            Hash32.ZERO,
            histories.getLast().root(),
            Block.lastCommitHash(last),
            Block.evidenceRoot(List.of()),
            parent.nextValidators().address(0));
    return new Block(header, List.of(), last, List.of());
  }

  @Test
  void theRotationIsThatOfTheWholeChainAroundTheStartOfAPeriod() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      Genesis genesis = net.genesis;
      for (int i = 0; i < 4; i++) {
        keys.add(net.validatorKey(i));
      }
      ValidatorSet set =
          ValidatorSet.of(genesis.validators().stream().map(Genesis.Validator::key).toList());
      ChainHead head = ChainHead.genesis(genesis.chainId(), genesis.timeMillis(), set);
      Optional<CommitCertificate> last = Optional.empty();
      histories.add(MerkleFrontier.EMPTY);
      for (long height = 1; height <= ConsensusLimits.ROTATION_PERIOD + 40; height++) {
        Block block = next(genesis, head, last);
        head = head.next(block, set);
        blocks.add(block);
        histories.add(histories.getLast().append(block.id().bytes()));
        CommitCertificate certificate = certify(genesis.chainId(), block, round(height));
        last = Optional.of(certificate);
        long distance = Math.abs(height - ConsensusLimits.ROTATION_PERIOD);
        if (height < 3 || distance < 3 || distance == 40 || height == 500) {
          Verdict<SnapshotProof> proof =
              SnapshotProof.of(genesis, at(block, certificate), List.of(), links(height));
          assertThat(proof.isAccepted()).as("height %d: %s", height, proof).isTrue();
          assertThat(proof.orThrow().rotation()).as("%d", height).isEqualTo(head.rotation());
          if (height == 500) {
            refused(genesis, block, certificate);
          }
        }
      }
    }
  }

  private SnapshotChunk.Head at(Block block, CommitCertificate certificate) {
    long first = Math.min(Rotation.periodStart(block.height() + 1), block.height());
    return new SnapshotChunk.Head(block, certificate, histories.get((int) first - 1));
  }

  private List<Link> links(long height) {
    long first = Math.min(Rotation.periodStart(height + 1), height);
    return blocks.subList((int) first - 1, (int) height - 1).stream().map(Link::of).toList();
  }

  private void refused(Genesis genesis, Block block, CommitCertificate certificate) {
    SnapshotChunk.Head head = at(block, certificate);
    List<Link> links = links(block.height());
    assertRefused(genesis, head, links.subList(1, links.size()));
    List<Link> swapped = new ArrayList<>(links);
    swapped.set(3, links.get(4));
    assertRefused(genesis, head, swapped);
    CommitCertificate fewer =
        new CommitCertificate(
            block.height(),
            certificate.round(),
            block.id(),
            new SignatureList(
                4, List.of(0, 1), certificate.signatures().signatures().subList(0, 2)));
    assertRefused(genesis, new SnapshotChunk.Head(block, fewer, head.history()), links);
    assertRefused(genesis, new SnapshotChunk.Head(block, certificate, histories.get(1)), links);
  }

  private static void assertRefused(Genesis genesis, SnapshotChunk.Head head, List<Link> links) {
    assertThat(SnapshotProof.of(genesis, head, List.of(), links).isAccepted()).isFalse();
  }

  @Test
  void theFormatIsTheGoldenOne() {
    Block block = Chains.block(Chains.genesis(), Optional.empty(), 2_000);
    CommitCertificate certificate = Chains.certify(block);
    SnapshotChunk.Head head = new SnapshotChunk.Head(block, certificate, MerkleFrontier.EMPTY);
    SnapshotChunk.Changes changes =
        new SnapshotChunk.Changes(
            List.of(
                new SnapshotChunk.Change(
                    block.header(), certificate, List.of(Chains.KEY.publicKey()))));
    SnapshotChunk.Links links =
        new SnapshotChunk.Links(
            List.of(Link.of(block), new Link(block.header(), Optional.of(certificate))));
    SnapshotChunk.State state =
        new SnapshotChunk.State(
            List.of(
                new dev.trestle.relay.ledger.state.StateReader.Entry(
                    Bytes.utf8("key"), Bytes.utf8("value"))));
    List<SnapshotManifest.Item> items = new ArrayList<>();
    List<Bytes> all = new ArrayList<>();
    for (SnapshotChunk each : List.of(head, changes, links, state)) {
      Bytes encoded = each.encode();
      all.add(encoded);
      items.add(
          new SnapshotManifest.Item(
              each.kind(), encoded.size(), dev.trestle.crypto.Digests.sha256(encoded)));
      assertThat(SnapshotChunk.decode(encoded).orThrow()).isEqualTo(each);
      assertThat(SnapshotChunk.decode(encoded.slice(0, encoded.size() - 1)).isAccepted()).isFalse();
      assertThat(SnapshotChunk.decode(Bytes.concat(encoded, Bytes.of(new byte[1]))).isAccepted())
          .isFalse();
    }
    SnapshotManifest manifest = new SnapshotManifest(Chains.CHAIN, 1, block.id(), items);
    all.add(manifest.encode());
    assertThat(SnapshotManifest.decode(manifest.encode()).orThrow()).isEqualTo(manifest);
    assertThat(Bytes.concat(all.toArray(Bytes[]::new))).isEqualTo(Golden.hex("snapshot-v1.hex"));
  }
}
