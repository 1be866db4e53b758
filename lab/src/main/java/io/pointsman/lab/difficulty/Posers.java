package io.pointsman.lab.difficulty;

import io.pointsman.classifier.training.Outcome;
import java.util.List;
import java.util.OptionalInt;

/// Short prompts that need thought though nothing in them looks hard: puzzles, clinical and legal
/// cases. No public outcomes cover them; fast models are taken to get most of them wrong.
final class Posers {

    private static final double FAST = 0.4;
    private static final double REASONER = 0.85;

    private static final String PROMPTS =
            """
            You have 12 coins, one of which is lighter or heavier than the others. How do you find it in three weighings of a balance?
            Three missionaries and three cannibals must cross a river in a boat for two, and cannibals may never outnumber missionaries on a bank. How do they cross?
            A farmer has a wolf, a goat and a cabbage and a boat that takes one of them. In which order does he carry them over?
            There are 100 prisoners and a room with a light bulb. How can they be sure that all of them have been in the room?
            You have two ropes that each burn for an hour, unevenly. How do you measure 45 minutes?
            Two eggs and a building of 100 floors: what is the least number of drops that always finds the highest safe floor?
            Five pirates divide 1000 gold coins by vote, oldest proposing first. What does the oldest propose?
            Four people cross a bridge at night with one torch; they take 1, 2, 7 and 10 minutes. What is the fastest way over?
            A king has 1000 bottles of wine, one of them poisoned, and ten servants to taste. How does he find it in one evening?
            You can fill a three litre and a five litre jug at a tap. How do you measure exactly four litres?
            There are three switches downstairs and one lamp upstairs. You may go up once. Which switch belongs to the lamp?
            Nine balls look alike and one is heavier. How many weighings do you need at least?
            64 players enter a knockout tournament. How many matches are played until the second best is known for certain?
            On an island every inhabitant either always lies or always tells the truth. A says: B and I are of different kinds. What is A?
            Alice's number and Bob's number differ by one. Neither knows the other's at first; then both do. What are the numbers?
            A clock strikes six in five seconds. How long does it take to strike twelve, and when do its hands next form a right angle?
            There are ten bags of coins and one of them holds fakes that weigh a gram less. How often must you weigh to find it?
            There are 16 runners and a track with four lanes; nobody has a watch. How many races find the fastest two?
            There are seven prisoners in a row with hats of two colours; each sees those in front. How many can be saved for certain?
            There are 30 students and eight can play at a time without a clock. How many rounds settle the best three?
            You have 40 stones of different weights and a balance but no scale. How many comparisons find the two heaviest?
            Six boxes hold nuts, bolts or both and all labels are wrong. How many pieces must you draw to label them right?
            In a drawer are ten black and ten white socks. How many must you take in the dark to have two pairs of one colour?
            A snail climbs three metres a day and slips two at night. On which day is it out of a well of ten metres?
            A bat and a ball cost 1.10 together and the bat costs a dollar more than the ball. What does the ball cost?
            If it takes five machines five minutes to make five widgets, how long do a hundred machines take for a hundred widgets?
            Everyone at a party shakes hands with everyone else once; there were 66 handshakes, but two guests left early. How many could have come?
            Which day is it, if the day before the day after tomorrow's yesterday was Thursday?
            A 72-year-old woman on warfarin is admitted with melaena, an INR of 6.8 and a haemoglobin of 6.9. What should be given first, and what should not?
            A 34-year-old at 31 weeks of pregnancy has a blood pressure of 168/112, headache and platelets of 82. What is the next step in management?
            A 58-year-old man with crushing chest pain has ST elevation in the inferior leads and a systolic pressure of 82. Which drug must be avoided?
            A child of four with a barking cough has stridor at rest and a saturation of 91 %. What do you give, and in which order?
            A 45-year-old with type 1 diabetes has a pH of 7.08, glucose of 31 and potassium of 2.9. Why must insulin wait?
            A patient on lithium started hydrochlorothiazide a week ago and is now tremulous and confused. What happened and how is it treated?
            A man of 70 with atrial fibrillation has sudden severe abdominal pain with a soft belly and a lactate of 6. What is the likely diagnosis and the next test?
            A 29-year-old has a sodium of 112 and seizes. How fast may it be corrected, and with what?
            A seller ships non-conforming goods as an accommodation after the buyer's order under the UCC. Is there a contract, and is the seller in breach?
            Under English law a director buys a lease that the company had declined. Is she accountable for the profit, and does ratification help?
            A landlord accepts rent after learning of a breach of covenant. Has the right to forfeit been waived, and for which breaches?
            A trustee mixes trust money with his own, loses some at the tables and buys shares with the rest. What can the beneficiaries trace into?
            A testator revokes a later will by burning it, wrongly believing that the earlier one revives. Which will is admitted to probate?
            Does a forum selection clause bind a non-signatory affiliate that was closely related to the contract, and which law governs the question?
            A state taxes income of a company without a physical presence there. Which limits does the commerce clause set after Wayfair?
            An alkene reacts with mCPBA and then with aqueous acid; another sample with OsO4. How do the stereochemistries of the two diols relate?
            Predict the major product when (R)-2-bromobutane is heated with sodium ethoxide in ethanol, and explain the regiochemistry.
            A compound C8H10O shows a singlet at 3.8 ppm and two doublets near 7 ppm. What is its structure?
            Which of two diastereomers of a 4-tert-butylcyclohexyl tosylate eliminates faster, and why?
            A particle in an infinite well is suddenly given a well twice as wide. With what probability is it found in the new ground state?
            Two identical fermions share a harmonic trap and repel weakly. What is the first-order shift of the ground state's energy?
            A satellite in a circular orbit fires its engine briefly backwards. How do its speed and its period change?
            Show that there are infinitely many primes of the form 4k + 3.
            Show that every group of order 15 is cyclic.
            For which n can a 2n by 2n board without two opposite corners be tiled by dominoes?
            Find all pairs of integers with x^2 - 2y^2 = 1 and x below 100.
            How many ways are there to tile a 3 by 10 strip with dominoes?
            What is the expected number of tosses of a fair coin until the pattern HTH appears?
            Ten cards are dealt from a shuffled deck. What is the probability that they contain all four aces?
            """;

    private Posers() {}

    static List<Outcome> outcomes() {
        return PROMPTS.lines()
                .map(prompt ->
                        new Outcome(
                                "",
                                "posers",
                                "posers",
                                prompt,
                                FAST,
                                REASONER,
                                OptionalInt.empty()))
                .toList();
    }
}
