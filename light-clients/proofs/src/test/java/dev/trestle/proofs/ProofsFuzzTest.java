package dev.trestle.proofs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.evm.EvmAccount;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.proofs.evm.StateProof;
import dev.trestle.proofs.ics23.MerkleProof;
import dev.trestle.proofs.ics23.ProofSpec;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import dev.trestle.proofs.ssz.SszBranch;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszRoot;
import dev.trestle.proofs.ssz.SszWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and a proof gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class ProofsFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final Bytes KEY = Bytes.utf8("key");
  private static final List<ProofSpec> SPECS = List.of(ProofSpec.IAVL, ProofSpec.TENDERMINT);
  private static final int MANY = 1_000;

  private static <T> Optional<T> decoded(Supplier<T> decoder) {
    try {
      return Optional.of(decoder.get());
    } catch (DecodeException refused) {
      return Optional.empty();
    }
  }

  private static <T> Optional<T> canonical(
      Bytes input, Function<Bytes, T> decoder, Function<T, Bytes> encoder) {
    Optional<T> value = decoded(() -> decoder.apply(input));
    if (value.map(encoder).filter(again -> !again.equals(input)).isPresent()) {
      throw new AssertionError("another form decodes: " + input);
    }
    return value;
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void rlp(byte[] data) {
    Bytes input = Bytes.of(data);
    canonical(input, Rlp::decode, Rlp::encode);
    canonical(input, EvmReceipt::decode, EvmReceipt::encode);
    canonical(input, EvmAccount::decode, EvmAccount::encode);
    canonical(input, EvmLog::decode, EvmLog::encode);
    decoded(() -> EvmHeader.decode(input));
  }

  /** {@code u8 size of the key | key | nodes, each behind u16 size}; the root is the first's. */
  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void tries(byte[] data) {
    Bytes input = Bytes.of(data);
    if (input.isEmpty()) {
      return;
    }
    int end = Math.min(input.size(), 1 + input.at(0));
    Bytes key = input.slice(1, end);
    List<Bytes> nodes = new ArrayList<>();
    for (int at = end; at + 2 <= input.size(); ) {
      int size = Math.min(input.at(at) << 8 | input.at(at + 1), input.size() - at - 2);
      nodes.add(input.slice(at + 2, at + 2 + size));
      at += 2 + size;
    }
    Hash32 root = nodes.isEmpty() ? MptProof.EMPTY_ROOT : Digests.keccak256(nodes.getFirst());
    Verdict<Optional<Bytes>> found = MptProof.lookup(root, key, nodes);
    if (found.equals(Verdict.accept(Optional.of(Bytes.EMPTY)))) {
      throw new AssertionError("an entry without a value: " + input);
    }
    if (MptProof.lookup(Digests.keccak256(KEY), key, nodes).isAccepted()) {
      throw new AssertionError("a proof under a root that it does not have: " + input);
    }
    ReceiptProof.receipt(root, key.size(), nodes);
    StateProof.storage(root, Hash32.ZERO, nodes);
    StateProof.normalized(root, nodes);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void ssz(byte[] data) {
    Bytes input = Bytes.of(data);
    record Container(long number, List<Hash32> hashes, Bytes list) {}
    canonical(
        input,
        bytes ->
            SszReader.decode(
                bytes,
                in -> {
                  long number = in.uint64();
                  List<Hash32> hashes = in.hashes(2);
                  in.offset();
                  return new Container(number, hashes, in.part(MANY));
                }),
        value ->
            new SszWriter()
                .uint64(value.number())
                .hashes(value.hashes())
                .part(value.list())
                .toBytes());
    List<Hash32> branch = hashes(input);
    Hash32 leaf = SszRoot.byteList(input.slice(0, Math.min(32, input.size())), 32);
    long index = input.size() < 8 ? 1 : decoded(() -> new CanonicalReader(input).u64()).orElse(1L);
    if (index > 0) {
      SszBranch.isValid(leaf, branch, index, Hash32.ZERO);
    }
  }

  private static List<Hash32> hashes(Bytes input) {
    List<Hash32> out = new ArrayList<>();
    for (int at = 0; at + Hash32.SIZE <= input.size() && out.size() < 80; at += Hash32.SIZE) {
      out.add(new Hash32(input.slice(at, at + Hash32.SIZE)));
    }
    return out;
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void ics23(byte[] data) {
    Bytes input = Bytes.of(data);
    canonical(input, MerkleProof::decode, MerkleProof::encode)
        .ifPresent(
            proof -> {
              List<Bytes> path = List.of(Bytes.utf8("store"), KEY);
              for (List<ProofSpec> specs : List.of(SPECS, List.of(ProofSpec.SMT, ProofSpec.SMT))) {
                Bytes root = Digests.sha256(input).bytes();
                if (proof.verifyMembership(specs, root, path, KEY).isAccepted()
                    || proof.verifyNonMembership(specs, root, path).isAccepted()) {
                  throw new AssertionError("a proof under a root that it does not have: " + input);
                }
              }
            });
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void protobuf(byte[] data) {
    Bytes input = Bytes.of(data);
    record Message(long number, Bytes bytes, String text, List<Message> inner) {
      static Message read(ProtoReader in) {
        return new Message(
            in.varint(1), in.bytes(2, MANY), in.ascii(3, MANY), in.messages(4, 8, Message::leaf));
      }

      static Message leaf(ProtoReader in) {
        return new Message(in.varint(1), Bytes.EMPTY, "", List.of());
      }

      void write(ProtoWriter out) {
        out.varint(1, number).bytes(2, bytes).text(3, text);
        inner.forEach(each -> out.message(4, each::write));
      }
    }
    canonical(
        input,
        bytes -> ProtoReader.decode(bytes, Message::read),
        message -> {
          ProtoWriter out = new ProtoWriter();
          message.write(out);
          return out.toBytes();
        });
    decoded(() -> ProtoReader.decode(input, in -> in.timestamp(1)));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void merkle(byte[] data) {
    Bytes input = Bytes.of(data);
    canonical(
            input,
            bytes -> CanonicalReader.decode(bytes, dev.trestle.proofs.MerkleProof::read),
            proof -> {
              CanonicalWriter out = new CanonicalWriter();
              proof.write(out);
              return out.toBytes();
            })
        .ifPresent(
            proof -> {
              if (proof.verifies(Hash32.ZERO, input)) {
                throw new AssertionError("leads to zero: " + input);
              }
            });
    canonical(
            input,
            bytes -> CanonicalReader.decode(bytes, MerkleFrontier::read),
            frontier -> {
              CanonicalWriter out = new CanonicalWriter();
              frontier.write(out);
              return out.toBytes();
            })
        .ifPresent(frontier -> frontier.append(input).root());
  }
}
