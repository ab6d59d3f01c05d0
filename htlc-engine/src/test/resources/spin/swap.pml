/*
 * One honest party of a swap of two or three legs; all others, and the miners, work against it.
 * It pays the OWN leg and is paid by the PAID leg. Time is in ticks: at each tick the party looks
 * (unless it is away) and then each chain gets a block. What the party sends is in one of the next
 * D blocks and, counting those that take blocks back, out of reach after R more; until then
 * anything else that is valid may stand in its place.
 *
 * Words in capitals that are not declared here are constants. The test puts numbers in their
 * places, all of them from TimelockPolicy: T_... expiries, D_... and R_... inclusion and finality,
 * SEEN ticks until a claim is noticed, SKEW_... clocks, SOFT_... 1 where claims stay valid after the
 * expiry, OUTAGE looks that may be missed once, WINDOW and REVEAL times that must be left before
 * T_LAST, END the last tick, INITIATOR 1 if the party made the secret, OTHERS 1 if there is a leg
 * between other parties, LAST 1 if that one is locked before the own one, OUTAGE_SEEN the budget for an
 * outage, MOST_OWN confirmations beyond which nothing changes, ASK_CLAIM and ASK_REFUND 1 if the rules R7 and R6 are kept.
 */
mtype = { nobody, them, us };

byte t;
byte paid_lock;             /* confirmations; 0: in no block */
mtype paid_by = nobody;     /* who has spent it */
byte paid_depth;
byte claim_wait;            /* blocks since the party's claim was sent, 0: not sent */
bool claim_signed;
byte own_lock;
mtype own_by = nobody;
byte own_depth;
byte lock_wait;
byte refund_wait;
bool together;              /* the own leg was claimed with the party's signature, not the secret */
bool knows;                 /* the party has seen the secret */
bool other_lock;
bool signed_claim;          /* the party has signed the others' cooperative claim of its own leg */
bool signed_refund;         /* the party has signed the others' cooperative refund of the paid leg */
byte away;                  /* looks missed; one more than OUTAGE when back */

inline send_claim() {
  if
  :: claim_wait == 0 -> claim_wait = 1
  :: else
  fi;
  claim_signed = true
}

/* R2, and a claim that was signed before the party died; R3 for everybody else */
inline claim() {
  if
  :: (INITIATOR == 1 && !claim_signed && paid_by == nobody && paid_lock > R_PAID && own_lock > R_OWN
      && own_by == nobody && (OTHERS == 0 || other_lock) && t + REVEAL <= T_LAST) ->
     if
     :: send_claim()
     :: away == 0 && OUTAGE > 0 -> claim_signed = true; away = 1
     fi
  :: (INITIATOR == 1 && claim_signed && claim_wait == 0 && paid_by == nobody && paid_lock > R_PAID
      && own_lock > R_OWN && own_by == nobody && (OTHERS == 0 || other_lock)
      && t + REVEAL <= T_LAST + OUTAGE_SEEN) ->
     send_claim()
  :: INITIATOR == 0 && knows && paid_lock > 0 && paid_by != them -> send_claim()
  :: else
  fi
}

/* R1: after all legs before it, in time, and not when its payer has its signature for a refund */
inline fund() {
  if
  :: (lock_wait == 0 && !knows && !signed_refund && paid_by == nobody
      && (INITIATOR == 1 || paid_lock > R_PAID)
      && (OTHERS == 0 || LAST == 0 || other_lock)
      && t + WINDOW <= T_LAST) -> lock_wait = 1
  :: else
  fi
}

/* R4 */
inline refund() {
  if
  :: (own_lock > 0 && refund_wait == 0 && t - SKEW_OWN >= T_OWN
      && (own_by == nobody || (own_by == them && own_depth <= SEEN))) -> refund_wait = 1
  :: else
  fi
}

inline learn() {
  if
  :: own_by == them && !together && own_depth > SEEN -> knows = true
  :: else
  fi
}

/* R7: not before its own claim is final, or sent with time to spare. R6: not while it could lose. */
inline cooperate() {
  if
  :: (!signed_claim && own_lock > 0
      && (ASK_CLAIM == 0 || (paid_by == us && paid_depth > R_PAID)
          || (claim_wait > 0 && paid_by != them && t + D_PAID + R_PAID + SKEW_PAID <= T_PAID))) ->
     signed_claim = true
  :: (!signed_refund && INITIATOR == 0 && claim_wait == 0
      && (ASK_REFUND == 0 || lock_wait == 0 || (own_by == us && own_depth > R_OWN))) ->
     signed_refund = true
  :: true
  fi
}

inline look() {
  bool there;
  if
  :: OUTAGE > 0 && away == 0 -> away = 1; there = false
  :: away > 0 && away < OUTAGE -> away++; there = false
  :: away > 0 && away <= OUTAGE -> away = OUTAGE + 1; there = true
  :: away == 0 || away > OUTAGE -> there = true
  fi;
  if
  :: there ->
     learn();
     claim();
     refund();
     if
     :: away == 0 || away > OUTAGE -> fund(); cooperate()
     :: else
     fi
  :: else
  fi
}

/* One more block for two spendings that compete: theirs may go in now, ours too, ours must. */
inline spend(by, depth, deep, most, theirs, ours, decided) {
  if
  :: by != nobody && depth >= deep ->
     if
     :: depth < most -> depth++
     :: else
     fi
  :: else ->
     if
     :: decided ->
        if
        :: by == them -> depth++
        :: else -> by = us; depth = deep
        fi
     :: !(decided) -> by = nobody; depth = 0
     :: !(decided) && by != nobody -> depth++
     :: !(decided) && by != them && theirs -> by = them; depth = 1
     :: !(decided) && by != us && ours -> by = us; depth = 1
     fi
  fi
}

inline grow(wait, limit) {
  if
  :: wait > 0 && wait < limit -> wait++
  :: else
  fi
}

inline paid_block() {
  if
  :: paid_lock == 0 -> paid_lock = 1
  :: paid_lock == 0
  :: paid_lock > 0 && paid_lock <= R_PAID -> /* taken back */
     paid_lock = 0; paid_by = nobody; paid_depth = 0; claim_wait = 0
  :: paid_lock > 0 ->
     if
     :: paid_lock <= R_PAID -> paid_lock++
     :: else
     fi;
     spend(paid_by, paid_depth, R_PAID + 1, R_PAID + 1,
           (t + SKEW_PAID >= T_PAID || signed_refund),
           (claim_wait > 0 && (SOFT_PAID == 1 || t + SKEW_PAID < T_PAID)),
           (claim_wait > D_PAID + R_PAID
            && (SOFT_PAID == 1 || t + SKEW_PAID - R_PAID - 1 < T_PAID)));
     grow(claim_wait, D_PAID + R_PAID + 1)
  fi
}

/* A block that takes others back may be dated as they were: hence R_OWN where claims are refused. */
inline own_block() {
  bool in_time = SOFT_OWN == 1 || t - SKEW_OWN - R_OWN < T_OWN;
  bool secret = INITIATOR == 0 || claim_wait > 0;
  if
  :: lock_wait == 0
  :: lock_wait > 0 && lock_wait <= D_OWN + R_OWN && own_lock <= R_OWN -> /* not in, or taken back */
     own_lock = 0; own_by = nobody; own_depth = 0; refund_wait = 0; together = false;
     grow(lock_wait, D_OWN + R_OWN + 1)
  :: lock_wait > 0 ->
     spend(own_by, own_depth, R_OWN + 1, MOST_OWN,
           (own_lock > 0 && ((secret && in_time) || signed_claim)),
           (refund_wait > 0),
           (refund_wait > D_OWN + R_OWN));
     if
     :: own_by == them && own_depth == 1 && signed_claim -> together = true
     :: own_by == them && own_depth == 1 && secret && in_time -> together = false
     :: !(own_by == them && own_depth == 1)
     fi;
     if
     :: lock_wait > D_OWN + R_OWN -> own_lock = R_OWN + 1
     :: lock_wait <= D_OWN + R_OWN && own_lock <= R_OWN -> own_lock++
     :: lock_wait <= D_OWN + R_OWN && own_lock > R_OWN
     fi;
     grow(lock_wait, D_OWN + R_OWN + 1);
     grow(refund_wait, D_OWN + R_OWN + 1)
  fi
}

inline other_block() {
  if
  :: OTHERS == 1 -> other_lock = true
  :: true
  fi
}

active proctype swap() {
  do
  :: t < END ->
     atomic {
       look();
       paid_block();
       own_block();
       other_block();
       assert(!(own_by == them && own_depth > R_OWN && paid_by == them && paid_depth > R_PAID));
       t++
     }
  :: else -> break
  od;
  assert(!(own_by == them && paid_by != us));
  assert(!(own_lock > 0 && own_by == nobody))
}
