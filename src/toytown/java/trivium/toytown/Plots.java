package trivium.toytown;

import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The things that happen in Toy Town. Each plot has causes and effects, turns that may be left out, and an ending that
 * depends on how it went.
 */
final class Plots {

    private static final List<Consumer<Plot>> ALL = List.of(
            Plots::lostAndFound,
            Plots::present,
            Plots::broken,
            Plots::outing,
            Plots::shared,
            Plots::wish,
            Plots::newFriend,
            Plots::rain,
            Plots::leftBehind);

    private Plots() {}

    /** A story of 5 to 9 sentences without contradictions or repetitions, about what was asked. */
    static Story story(Request request, Vocabulary words, RandomGenerator random) {
        while (true) {
            var plot = new Plot(request, words, random);
            ALL.get(random.nextInt(ALL.size())).accept(plot);
            var events = plot.events();
            if (plot.chance(welcome(events.size()))) {
                var story = Story.tell(events, true, random);
                if (World.objections(events) == 0
                        && !story.repeats()
                        && Words.of(story.text()).containsAll(request.words())) {
                    return story;
                }
            }
        }
    }

    /** Plots run to eight sentences more often than stories should. */
    private static double welcome(int sentences) {
        return switch (sentences) {
            case 5, 6, 7 -> 1;
            case 8 -> 0.7;
            case 9 -> 0.4;
            default -> 0;
        };
    }

    private static void lostAndFound(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Has(hero, thing))
                .tell(new Event.Goes(hero, p.away()))
                .perhaps(0.3, new Event.Uses(hero, thing))
                .tell(new Event.Loses(hero, thing))
                .perhaps(0.7, p.sad(hero))
                .perhaps(0.4, new Event.Searches(hero, thing));
        if (p.chance(0.25)) {
            p.endBadly();
        } else if (p.chance(0.2)) {
            p.perhaps(0.4, new Event.Goes(hero, p.away()))
                    .tell(new Event.Finds(hero, thing))
                    .endAlone();
        } else {
            p.friendComes()
                    .perhaps(0.3, new Event.AsksHow(friend, hero), new Event.AsksAbout(hero, thing))
                    .perhaps(0.3, new Event.Says(friend, hero, p.pick(Speech.COMFORT, Speech.OFFER)))
                    .perhaps(0.4, new Event.SearchTogether(hero, friend, thing))
                    .tell(new Event.Finds(friend, thing))
                    .perhaps(0.7, new Event.Gives(friend, thing, hero))
                    .thanks(0.4, hero, friend)
                    .endWell();
        }
    }

    private static void present(Plot p) {
        var thing = p.chance(0.3) ? p.food() : p.toy();
        var hero = p.hero;
        var friend = p.friend;
        p.beginAt(p.away())
                .tell(new Event.Finds(hero, thing))
                .friendComes()
                .tell(p.sad(friend))
                .perhaps(0.5, new Event.AsksHow(hero, friend));
        if (p.chance(0.2)) {
            p.perhaps(0.7, new Event.Says(friend, hero, Speech.GOODBYE))
                    .perhaps(0.5, new Event.Says(hero, friend, Speech.SORRY))
                    .tell(new Event.Goes(friend, Place.HOME))
                    .endBadly();
            return;
        }
        p.tell(new Event.Gives(hero, thing, friend))
                .perhaps(0.6, p.happy(friend))
                .thanks(0.5, friend, hero)
                .perhaps(0.4, new Event.Uses(friend, thing))
                .endWell();
    }

    private static void broken(Plot p) {
        var thing = p.fragile();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Has(hero, thing))
                .perhaps(0.6, new Event.Goes(hero, p.away()))
                .tell(new Event.Uses(hero, thing))
                .tell(new Event.Breaks(thing))
                .oneOf(
                        p.sad(hero),
                        new Event.FeelsAbout(hero, p.pick(Mood.SAD, Mood.UPSET, Mood.ANGRY, Mood.WORRIED), thing));
        if (p.chance(0.3)) {
            p.perhaps(0.4, new Event.Drops(hero, thing)).endBadly();
            return;
        }
        p.friendComes()
                .perhaps(0.5, new Event.Says(friend, hero, p.pick(Speech.COMFORT, Speech.OFFER)))
                .tell(new Event.Mends(friend, thing))
                .perhaps(0.3, p.happy(hero))
                .thanks(0.5, hero, friend)
                .perhaps(0.3, new Event.Play(hero, friend, thing))
                .endWell();
    }

    private static void outing(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        p.perhaps(0.7, new Event.Sky(p.pick(Weather.values()), false));
        if (p.chance(0.5)) {
            p.perhaps(0.5, new Event.Feels(hero, p.pick(Mood.BORED, Mood.CALM, Mood.LONELY)))
                    .tell(new Event.Goes(hero, p.away()))
                    .tell(new Event.Finds(hero, thing));
        } else {
            p.tell(new Event.Wants(hero, thing))
                    .tell(new Event.Goes(hero, p.away()))
                    .perhaps(0.5, new Event.Searches(hero, thing))
                    .tell(new Event.Finds(hero, thing));
        }
        p.perhaps(0.5, p.happy(hero)).tell(new Event.Uses(hero, thing));
        if (p.chance(0.5)) {
            p.friendComes()
                    .perhaps(0.4, new Event.Says(p.friend, hero, Speech.HELLO))
                    .tell(new Event.Play(hero, p.friend, thing))
                    .endWell();
        } else {
            p.endAlone();
        }
    }

    private static void shared(Plot p) {
        var food = p.food();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Has(hero, food))
                .tell(new Event.Goes(hero, p.away()))
                .friendComes()
                .perhaps(0.4, new Event.Says(friend, hero, Speech.HELLO))
                .tell(new Event.Feels(friend, Mood.HUNGRY))
                .perhaps(0.5, new Event.AsksFor(friend, hero, food));
        if (p.chance(0.25)) {
            p.tell(new Event.Uses(hero, food))
                    .tell(p.sad(friend))
                    .perhaps(0.5, new Event.Says(hero, friend, Speech.SORRY));
            p.endBadly();
            return;
        }
        p.tell(new Event.Share(hero, friend, food)).thanks(0.5, friend, hero).endWell();
    }

    private static void wish(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Wants(hero, thing))
                .tell(new Event.Goes(hero, p.away()))
                .friendComes()
                .tell(new Event.Has(friend, thing))
                .tell(new Event.AsksFor(hero, friend, thing));
        if (p.chance(0.3)) {
            p.oneOf(new Event.Goes(friend, Place.HOME), new Event.Says(friend, hero, Speech.GOODBYE))
                    .endBadly();
        } else if (p.chance(0.5)) {
            p.tell(new Event.Gives(friend, thing, hero))
                    .thanks(0.6, hero, friend)
                    .perhaps(0.4, new Event.Uses(hero, thing))
                    .endWell();
        } else {
            p.tell(new Event.Play(hero, friend, thing))
                    .perhaps(0.3, p.happy(hero))
                    .thanks(0.3, hero, friend)
                    .endWell();
        }
    }

    private static void newFriend(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Is(hero, p.pick(Place.HOME, p.away())))
                .tell(new Event.Feels(hero, p.pick(Mood.LONELY, Mood.BORED)))
                .perhaps(0.6, new Event.Goes(hero, p.away()))
                .friendComes()
                .perhaps(0.5, new Event.Says(friend, hero, Speech.HELLO))
                .tell(new Event.Has(friend, thing));
        if (p.chance(0.2)) {
            p.tell(new Event.Breaks(thing))
                    .tell(p.sad(friend))
                    .perhaps(0.5, new Event.Goes(friend, Place.HOME))
                    .endBadly();
        } else {
            p.tell(new Event.Play(hero, friend, thing))
                    .perhaps(0.3, p.happy(hero))
                    .endWell();
        }
    }

    private static void rain(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        var friend = p.friend;
        p.tell(new Event.Sky(p.pick(Weather.SUNNY, Weather.CLOUDY), false))
                .tell(new Event.Has(hero, thing))
                .oneOf(new Event.Goes(hero, p.away()), new Event.Is(hero, p.away()))
                .perhaps(0.5, new Event.Uses(hero, thing))
                .tell(new Event.Sky(p.pick(Weather.RAINY, Weather.WINDY, Weather.SNOWY), true));
        if (p.chance(0.5)) {
            p.tell(new Event.Drops(hero, thing))
                    .tell(new Event.Goes(hero, Place.HOME))
                    .perhaps(0.5, p.sad(hero));
            if (p.chance(0.5)) {
                p.tell(new Event.Closes(Tone.SAD));
            } else {
                if (p.knows(Thing.UMBRELLA)) {
                    p.tell(new Event.Has(friend, Thing.UMBRELLA));
                }
                p.tell(new Event.Joins(friend, hero)).endWell();
            }
            return;
        }
        p.perhaps(0.5, p.sad(hero)).tell(new Event.Joins(friend, hero));
        p.perhaps(0.5, new Event.Says(friend, hero, p.pick(Speech.COMFORT, Speech.OFFER)))
                .tell(new Event.GoTogether(hero, friend, Place.HOME))
                .perhaps(0.5, new Event.Play(hero, friend, thing))
                .endWell();
    }

    private static void leftBehind(Plot p) {
        var thing = p.toy();
        var hero = p.hero;
        var friend = p.friend;
        var place = p.away();
        p.tell(new Event.Goes(hero, place))
                .tell(new Event.Takes(hero, thing))
                .perhaps(0.4, new Event.Uses(hero, thing))
                .tell(new Event.Drops(hero, thing))
                .tell(new Event.Goes(hero, Place.HOME))
                .perhaps(0.5, new Event.AsksAbout(hero, thing));
        if (p.chance(0.35)) {
            p.perhaps(0.6, p.sad(hero)).tell(new Event.Closes(p.pick(Tone.SAD, Tone.PLAIN)));
            return;
        }
        p.perhaps(0.4, p.sad(hero))
                .tell(new Event.Goes(friend, place))
                .tell(new Event.Finds(friend, thing))
                .perhaps(0.6, new Event.Joins(friend, hero), new Event.Gives(friend, thing, hero))
                .thanks(0.3, hero, friend)
                .endWell();
    }
}
