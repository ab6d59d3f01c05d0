package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Headers that a committee attests; heights may be skipped. */
public final class FakeAttestedFamily implements LightClientFamily {
  public static final String TYPE = "fake-attested/1";
  private static final Bytes COMMITTEE = Bytes.utf8("committee");

  /** Anchor: header, epoch, threshold and the members' keys. */
  public static Bytes anchor(Bytes header, long epoch, int threshold, List<PublicKey> members) {
    return new CanonicalWriter()
        .fixed(header)
        .u64(epoch)
        .u16(threshold)
        .list(members, (w, key) -> w.fixed(key.compressed()))
        .toBytes();
  }

  /** What members sign. */
  public static Hash32 digest(Bytes header) {
    return Digests.keccak256(Bytes.utf8("fake attestation"), header);
  }

  /** Client message. */
  public static Bytes message(Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
    return new CanonicalWriter()
        .fixed(header)
        .list(
            List.copyOf(signatures.entrySet()),
            (w, entry) -> w.u16(entry.getKey()).fixed(entry.getValue().bytes()))
        .toBytes();
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public LightClient client() {
    return new Client();
  }

  @Override
  public Optional<MessageRules> messages() {
    return Optional.of(new FakeMessages());
  }

  @Override
  public Optional<AttestationRules> attestations() {
    return Optional.of(new Rules());
  }

  private record Committee(long epoch, int threshold, List<PublicKey> members) {
    static Committee of(ClientView view) {
      return CanonicalReader.decode(
          view.get(COMMITTEE).orElseThrow(),
          in -> new Committee(in.u64(), in.u16(), in.list(255, r -> new PublicKey(r.fixed(33)))));
    }
  }

  private static final class Client extends FakeClient {
    @Override
    public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
      Bytes header = anchor.slice(0, FakeHeader.SIZE);
      return super.initialize(header, budget)
          .then(
              delta -> {
                ClientDelta.Builder all = ClientDelta.builder();
                delta.writes().forEach((key, value) -> all.put(key, value.orElseThrow()));
                all.put(COMMITTEE, anchor.slice(FakeHeader.SIZE, anchor.size()));
                return Verdict.accept(all.build());
              });
    }

    @Override
    public Verdict<VerifiedUpdate> verify(
        ClientView view, Bytes message, Budget budget, long nowSeconds) {
      FakeHeader header;
      TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
      try {
        header = FakeHeader.decode(message.slice(0, FakeHeader.SIZE));
        CanonicalReader in = new CanonicalReader(message.slice(FakeHeader.SIZE, message.size()));
        in.list(255, r -> signatures.put(r.u16(), new EcdsaSignature(r.fixed(64))) == null);
        in.end();
      } catch (RuntimeException malformed) {
        return Verdict.reject(RejectionCode.MALFORMED, "message");
      }
      if (isFrozen(view)) {
        return Verdict.reject(RejectionCode.CLIENT_FROZEN, "frozen");
      }
      Committee committee = Committee.of(view);
      Hash32 digest = digest(header.encode());
      for (var entry : signatures.entrySet()) {
        if (!budget.charge(Budget.SIGNATURE)
            || entry.getKey() >= committee.members().size()
            || Secp256k1.instance()
                .recover(entry.getValue(), digest)
                .filter(committee.members().get(entry.getKey())::equals)
                .isEmpty()) {
          return Verdict.reject(RejectionCode.BAD_SIGNATURE, "member " + entry.getKey());
        }
      }
      if (signatures.size() < committee.threshold()) {
        return Verdict.reject(RejectionCode.QUORUM_LOW, signatures.size() + " signatures");
      }
      return header.height() <= head(view).height()
          ? Verdict.ignore(RejectionCode.STALE_HEIGHT, "known")
          : Verdict.accept(new Update(List.of(header)));
    }
  }

  private static final class Rules implements AttestationRules {
    @Override
    public Verdict<Target> target(ClientView view, Bytes header) {
      FakeHeader read;
      try {
        read = FakeHeader.decode(header);
      } catch (RuntimeException malformed) {
        return Verdict.reject(RejectionCode.MALFORMED, "header");
      }
      if (read.height() <= FakeClient.head(view).height()) {
        return Verdict.ignore(RejectionCode.STALE_HEIGHT, "known");
      }
      Committee committee = Committee.of(view);
      return Verdict.accept(
          new Target(
              read.ref(),
              digest(header),
              committee.epoch(),
              committee.members().size(),
              committee.threshold()));
    }

    @Override
    public Verdict<ClientDelta> handOver(
        ClientView view, long epoch, List<PublicKey> members, int threshold) {
      if (FakeClient.isFrozen(view) || epoch <= Committee.of(view).epoch()) {
        return Verdict.reject(RejectionCode.WRONG_EPOCH, "not later");
      }
      Bytes header = FakeClient.head(view).encode();
      Bytes anchor = anchor(header, epoch, threshold, members);
      return Verdict.accept(
          ClientDelta.builder()
              .put(COMMITTEE, anchor.slice(FakeHeader.SIZE, anchor.size()))
              .build());
    }

    @Override
    public Verdict<Integer> signer(ClientView view, Bytes header, EcdsaSignature signature) {
      int index =
          Secp256k1.instance()
              .recover(signature, digest(header))
              .map(Committee.of(view).members()::indexOf)
              .orElse(-1);
      return index < 0
          ? Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "nobody")
          : Verdict.accept(index);
    }

    @Override
    public Verdict<Bytes> compose(
        ClientView view, Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
      List<Integer> wrong = new ArrayList<>();
      signatures.forEach(
          (member, signature) -> {
            if (!(signer(view, header, signature) instanceof Verdict.Accepted<Integer>(Integer who)
                && who.equals(member))) {
              wrong.add(member);
            }
          });
      if (!wrong.isEmpty()) {
        return Verdict.reject(RejectionCode.BAD_SIGNATURE, wrong.toString());
      }
      return signatures.size() < Committee.of(view).threshold()
          ? Verdict.later(RejectionCode.QUORUM_LOW, signatures.size() + " signatures")
          : Verdict.accept(message(header, signatures));
    }
  }
}
