package dev.trestle.relay.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.state.StatePages;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.state.StateTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReceiptBundleTest {
  private final List<SecretKey> keys = PaperChain.keys("old", 4);
  private final List<SecretKey> next = PaperChain.keys("new", 5);
  private final PaperChain chain = new PaperChain();
  private final RelayChainClient trusted =
      RelayChainClient.trusting(
              PaperChain.CHAIN, new RelayChainClient.Era(0, 1, PaperChain.addresses(keys)))
          .orThrow();
  private final InMemoryKeyValueStore store = new InMemoryKeyValueStore();
  private final StateTree state = state();
  private final MerkleTree outbox =
      MerkleTree.ofHashes(IntStream.range(0, 5).mapToObj(ReceiptBundleTest::packet).toList());

  private static Hash32 packet(int number) {
    return Digests.sha256(Bytes.utf8("packet " + number));
  }

  private static Bytes key(int number) {
    return Bytes.utf8("key " + number);
  }

  private static Bytes value(int number) {
    return Bytes.utf8("value " + number);
  }

  private StateTree state() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      writes.put(key(i), Optional.of(value(i)));
    }
    StatePages pages = new StatePages(store, 10);
    StateTree.Update update = new StateTree(pages, StateTree.Root.EMPTY).update(1, writes);
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    update.pages().forEach((page, bytes) -> batch.put(page, Optional.of(bytes)));
    store.apply(new Batch(batch));
    return new StateTree(pages, update.root());
  }

  private ReceiptBundle.Claim.Packet packetClaim(int index) {
    MerkleProof proof = outbox.prove(index);
    return new ReceiptBundle.Claim.Packet(
        packet(index), proof.index(), proof.count(), proof.siblings());
  }

  private ReceiptBundle.Claim.Entry entryClaim(int number) {
    StateProof proof = state.prove(key(number));
    return new ReceiptBundle.Claim.Entry(
        key(number),
        number < 30 ? Optional.of(value(number)) : Optional.empty(),
        proof.siblings(),
        proof.other().map(leaf -> new StateProofLeaf(leaf.keyHash(), leaf.valueHash())));
  }

  /**
   * Block 2 has the packets and the state and hands over to the next set; block 5, by that set, is
   * certified.
   */
  private ReceiptBundle bundle(ReceiptBundle.Claim claim) {
    if (chain.headers.isEmpty()) {
      chain.block(0, keys);
      chain.block(0, keys, next, state.root().hash(), outbox.root());
      chain.block(1, next);
      chain.block(1, next);
      chain.block(1, next);
    }
    RelayHeader last = chain.headers.get(1);
    RelayHeader newest = chain.headers.get(4);
    return new ReceiptBundle(
        List.of(
            new ReceiptBundle.HandOver(
                last.encode(),
                PaperChain.certify(last, keys, 0, 1, 3).encode(),
                PaperChain.addresses(next))),
        newest.encode(),
        PaperChain.certify(newest, next, 0, 1, 2, 4).encode(),
        Optional.of(new ReceiptBundle.Older(last.encode(), chain.siblings(2, 5))),
        claim);
  }

  private boolean holds(ReceiptBundle bundle) {
    Verdict<ReceiptBundle> decoded = ReceiptBundle.decode(bundle.encode());
    assertThat(decoded.orThrow()).isEqualTo(bundle);
    return bundle.verify(trusted).isAccepted();
  }

  @Test
  void oneCertificateAndOneProofShowAnyPacketAndAnyEntryOfAnyHeight() {
    for (int i = 0; i < 5; i++) {
      ReceiptBundle bundle = bundle(packetClaim(i));
      assertThat(bundle.verify(trusted).orThrow().height()).isEqualTo(2);
      assertThat(holds(bundle)).isTrue();
    }
    for (int i = 0; i < 60; i++) {
      assertThat(holds(bundle(entryClaim(i)))).as("key %d", i).isTrue();
    }
  }

  @Test
  void whatTheCertifiedBlockItselfSaysNeedsNoHistory() {
    ReceiptBundle whole = bundle(packetClaim(1));
    RelayHeader header = chain.headers.get(1);
    Bytes certificate = PaperChain.certify(header, keys, 0, 1, 2).encode();
    ReceiptBundle alone =
        new ReceiptBundle(
            List.of(), header.encode(), certificate, Optional.empty(), packetClaim(1));
    assertThat(holds(alone)).isTrue();
    assertThat(
            holds(
                new ReceiptBundle(
                    List.of(),
                    whole.header(),
                    whole.certificate(),
                    Optional.empty(),
                    whole.claim())))
        .as("a set that the bundle does not lead to")
        .isFalse();
  }

  @Test
  void presenceIsNotAbsence() {
    ReceiptBundle.Claim.Entry there = entryClaim(3);
    ReceiptBundle.Claim.Entry absent = entryClaim(40);
    assertThat(
            holds(
                bundle(
                    new ReceiptBundle.Claim.Entry(
                        there.key(), Optional.empty(), there.siblings(), there.other()))))
        .isFalse();
    assertThat(
            holds(
                bundle(
                    new ReceiptBundle.Claim.Entry(
                        there.key(), Optional.of(value(4)), there.siblings(), there.other()))))
        .isFalse();
    assertThat(
            holds(
                bundle(
                    new ReceiptBundle.Claim.Entry(
                        absent.key(), Optional.of(value(40)), absent.siblings(), absent.other()))))
        .isFalse();
    // a true leaf of another slot
    StateProofLeaf leaf =
        new StateProofLeaf(Digests.keccak256(key(5)), Digests.keccak256(value(5)));
    for (int i = 0; i < 30; i++) {
      assertThat(
              holds(
                  bundle(
                      new ReceiptBundle.Claim.Entry(
                          key(i), Optional.empty(), entryClaim(5).siblings(), Optional.of(leaf)))))
          .isFalse();
    }
  }

  @Test
  void noBitOfABundleCanBeChanged() {
    for (ReceiptBundle.Claim claim : List.of(packetClaim(2), entryClaim(7), entryClaim(41))) {
      Bytes encoded = bundle(claim).encode();
      for (int i = 0; i < encoded.size(); i++) {
        byte[] raw = encoded.toArray();
        raw[i] ^= (byte) (1 << (i % 8));
        assertThat(
                ReceiptBundle.decode(Bytes.wrap(raw))
                    .then(changed -> changed.verify(trusted).then(b -> Verdict.accept(changed))))
            .as("byte %d", i)
            .satisfiesAnyOf(
                verdict -> assertThat(verdict.isAccepted()).isFalse(),
                // the absence of another key, which is as true
                verdict ->
                    assertThat(verdict.orThrow().claim())
                        .isInstanceOfSatisfying(
                            ReceiptBundle.Claim.Entry.class,
                            entry -> {
                              assertThat(entry.value()).isEmpty();
                              assertThat(entry.key()).isNotEqualTo(key(41));
                            }));
      }
    }
  }

  @Test
  void encodingNeverChanges() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("packet ").append(bundle(packetClaim(2)).encode().toHex()).append('\n');
    text.append("entry ").append(bundle(entryClaim(7)).encode().toHex()).append('\n');
    text.append("absence ").append(bundle(entryClaim(41)).encode().toHex()).append('\n');
    try (InputStream in = ReceiptBundleTest.class.getResourceAsStream("/golden/receipts-v1.txt")) {
      assertThat(in).as("golden/receipts-v1.txt should be%n%s", text).isNotNull();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text.toString());
    }
  }
}
