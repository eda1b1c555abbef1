"""The words of the texts that were written for training: slot fillers, each list a class of some aspect."""

# reason of a complaint -> sentences about any kind of service
REASONS: dict[str, tuple[str, ...]] = {
    "delay": (
        "it came two weeks late",
        "we waited three hours longer than promised",
        "nothing was ready on time",
        "the appointment started an hour late",
        "still waiting, and it was due on Monday",
    ),
    "damaged goods": (
        "it arrived broken",
        "the box was crushed and the contents scratched",
        "one part was cracked",
        "it was torn when I opened it",
        "they damaged my things and shrugged",
    ),
    "lost or missing": (
        "they lost it and nobody knows where it is",
        "half of what I ordered never came",
        "my things vanished in their hands",
        "the parcel has disappeared",
        "an item was missing",
    ),
    "wrong item": (
        "they sent me somebody else's order",
        "I got a different model from what I chose",
        "wrong size, wrong colour",
        "what I received isn't what I ordered",
        "they mixed up my request",
    ),
    "billing error": (
        "I was charged twice",
        "the invoice shows a fee I never agreed to",
        "they took too much money",
        "the bill is higher than the quote",
        "they debited my card again",
    ),
    "refund not paid": (
        "they refuse to give my money back",
        "my refund has been pending for months",
        "still no reimbursement",
        "they only offer a voucher instead of the refund",
        "no money returned despite the promise",
    ),
    "cancellation": (
        "they cancelled without telling me",
        "our reservation was called off on the day",
        "it was cancelled at the last minute",
        "they scrapped the whole thing and left us stranded",
        "the booking was dropped without notice",
    ),
    "rude staff": (
        "the clerk was rude to my mother",
        "the employee rolled her eyes at us",
        "they shouted at me",
        "the man at the counter insulted us",
        "an arrogant and unfriendly agent hung up on me",
    ),
    "unreachable support": (
        "nobody answers the phone",
        "I was on hold for two hours",
        "they don't reply to e-mails",
        "support keeps passing me from one agent to another",
        "the help line cut me off twice",
    ),
    "booking problem": (
        "the website won't let me book",
        "I can't change my reservation online",
        "the app crashes when I try to reserve",
        "my confirmation never came",
        "the page gives an error at checkout",
    ),
    "dirty or unsafe": (
        "everything was filthy",
        "it smelled and there were stains",
        "the floor was sticky",
        "it hadn't been cleaned for days",
        "loose wires hung from the wall",
    ),
    "poor quality": (
        "it fell apart after a week",
        "cheap material that doesn't last",
        "it stopped working in days",
        "the quality is far below the picture",
        "the seams came undone",
    ),
    "misleading information": (
        "the advert promised something else",
        "nobody gave us any information",
        "the description was simply false",
        "we were told one thing and got another",
        "the small print contradicts what the agent said",
    ),
}

# kind of business -> what one is a customer of
BUSINESSES: dict[str, tuple[str, ...]] = {
    "restaurant": ("the restaurant", "this bistro", "the pizza place", "their dinner menu"),
    "hotel": ("the hotel", "our room", "this guesthouse", "the resort"),
    "telecom": ("my phone plan", "the broadband provider", "their mobile network", "the router"),
    "online shop": ("the web shop", "my online order", "this store", "the marketplace"),
    "train": ("the train", "the rail company", "my season ticket", "the night train"),
    "gym": ("the gym", "my membership", "the fitness studio", "the yoga class"),
    "bank": ("my bank", "the savings account", "the credit card", "the branch"),
    "energy supplier": ("the electricity supplier", "our gas contract", "the meter reading", "the utility"),
    "furniture": ("the sofa", "their wardrobe", "the desk I bought", "the mattress"),
    "software": ("the app", "this programme", "their subscription", "the latest update"),
    "clinic": ("the clinic", "the dentist", "the surgery", "the pharmacy"),
    "insurance": ("my insurance", "the claim", "the policy", "the insurer"),
    "car repair": ("the garage", "the car service", "my rental car", "the mechanic"),
    "appliance": ("the washing machine", "this vacuum cleaner", "the oven", "the coffee machine"),
    "book": ("this novel", "the cookbook", "the biography", "the author's second book"),
    "film": ("this film", "the box set", "the documentary", "the series"),
    "headphones": ("these headphones", "the speaker", "the camera", "the charger"),
    "toy": ("the toy", "this board game", "the puzzle", "the doll"),
}

SENTIMENTS: dict[str, tuple[str, ...]] = {
    "positive": (
        "I love it",
        "couldn't be happier",
        "worth every penny",
        "highly recommended",
        "a real pleasure",
        "I would choose it again without a second thought",
        "excellent from start to finish",
        "it exceeded all my hopes",
        "what a great experience",
        "simply superb",
        "no complaints at all",
        "a joy to use",
        "I'm very pleased",
        "my whole family enjoyed it",
        "it never let me down",
        "five stars from me",
        "brilliant",
        "it works perfectly",
        "wonderful and well thought out",
        "don't hesitate, get it",
        "best I have had in years",
        "beautifully done",
        "I was sceptical and am now delighted",
        "you won't regret it",
        "I can't praise it enough",
    ),
    "negative": (
        "I hate it",
        "a complete waste of money",
        "never again",
        "stay away",
        "a huge disappointment",
        "I regret it",
        "not worth the price",
        "it let me down from the first day",
        "the worst I have ever had",
        "simply awful",
        "I would give zero stars if I could",
        "don't bother",
        "I'm very unhappy",
        "boring and badly made",
        "I expected much more",
        "I can't recommend it to anyone",
        "it failed when I needed it",
        "useless",
        "terrible",
        "save your money",
        "far from what was promised",
        "I was hopeful and am now angry",
        "utterly frustrating",
        "it went straight to the bin",
        "what a letdown",
    ),
}
URGENCIES: dict[str, tuple[str, ...]] = {
    "urgent": ("please act today", "this can't wait", "I need an answer within the hour", "urgent!", "we are blocked"),
    "not urgent": ("no hurry", "whenever you find the time", "it can wait until next month", "no rush on this"),
}

# everyday topic -> words of it
TOPICS: dict[str, tuple[str, ...]] = {
    "gardening": ("roses", "compost", "the tomato bed", "pruning apple trees", "slugs on the lettuce"),
    "cooking": ("onion soup", "a sharp kitchen knife", "sourdough bread", "slow roasted lamb", "curry paste"),
    "personal finance": ("a monthly budget", "index funds", "paying off debt", "retirement savings", "rent"),
    "space travel": ("a moon landing", "the rocket launch", "astronauts in orbit", "Mars rovers", "the space station"),
    "parenting": ("bedtime stories", "a toddler's tantrum", "the first day of school", "baby food", "teenagers"),
    "cycling": ("a steep climb by bike", "a flat tyre", "commuting on two wheels", "the new bicycle lane", "gears"),
    "pets": ("a stubborn puppy", "the cat on the sofa", "a parrot's cage", "walking the dog", "goldfish"),
    "climate": ("melting glaciers", "carbon emissions", "rising seas", "solar panels on roofs", "dry summers"),
    "music": ("a violin concerto", "the drummer's solo", "old vinyl records", "a choir rehearsal", "guitar chords"),
    "office work": (
        "endless meetings",
        "the quarterly report",
        "a noisy open-plan office",
        "spreadsheets",
        "deadlines",
    ),
    "travel": ("a lost passport", "the mountain hut", "a week by the sea", "hand luggage", "street markets"),
    "history": ("a Roman road", "the medieval castle", "an old treaty", "the industrial age", "a lost kingdom"),
    "artificial intelligence": ("neural networks", "a chess computer", "machine translation", "robots", "chatbots"),
    "fitness": ("lifting weights", "a morning run", "stretching the back", "yoga", "sore muscles"),
    "housing": ("a leaking roof", "the landlord", "painting the kitchen", "a mortgage", "moving to a smaller flat"),
}

# form of writing -> patterns around two things {a}, {b} of a topic
FORMS: dict[str, tuple[str, ...]] = {
    "poem": (
        "O {a}, so soft beneath the fading light, / you sing of {b} to the listening night.",
        "{a} in the morning dew, / {b} and a dream of you, / the silver hours pass like rain / and never shall return.",
        "I wandered where {a} lay still, / and thought of {b} upon the hill.",
    ),
    "rap": (
        "Yo, check it, {a} on my mind all day, {b} in the game and I'm here to stay, yeah!",
        "Listen up, I spit it raw, {a} like you never saw, {b} got me breaking the law, uh.",
        "Drop the beat, {a} in the street, {b} on repeat, can't be beat, feel the heat, yo.",
    ),
    "screenplay": (
        "INT. KITCHEN - NIGHT. ANNA turns. ANNA: What about {a}? PETER (whispering): Forget it. Think of {b}.",
        "FADE IN: A street. MAN (shouting): {a}! WOMAN: You and {b}. She slams the door. CUT TO:",
        "EXT. PARK - DAY. Two friends. TOM: I keep dreaming of {a}. LEE (laughs): And {b}? TOM: Always. FADE OUT.",
    ),
    "tweet": (
        "can't believe {a} is trending again lol #{b} #mood",
        "hot take: {a} > {b}. don't @ me 😂 #justsaying",
        "{a}... i'm done 😭 who else is here for {b}? RT if you agree!!",
    ),
    "news report": (
        "Officials said on Tuesday that {a} had become a matter of concern, while experts pointed to {b}.",
        "A growing number of people turn to {a}, according to a survey released today. {b}, it found, matters less.",
        "The council voted on Monday to fund work on {a}. Critics said {b} had been ignored.",
    ),
    "academic abstract": (
        "This paper examines {a} and its relation to {b}. We analyse data from 214 participants; results indicate a "
        "significant effect (p < .05).",
        "We propose a framework for {a}. In contrast to prior work on {b}, our method does not assume linearity.",
        "The present study investigates the extent to which {a} mediates {b}. Implications are discussed.",
    ),
    "business e-mail": (
        "Dear Mr Shaw, thank you for your message on {a}. Please find our proposal on {b} attached. Kind regards",
        "Hi team, a quick reminder that {a} is on the agenda for Thursday. Please send me your notes on {b}. Best, Kim",
        "Dear all, following up on {a}: could you confirm the figures for {b} by Friday? Many thanks",
    ),
    "advertisement": (
        "Tired of {a}? Discover the smarter way. {b} made easy. Order now and save 20%!",
        "Introducing the all-new guide to {a}. Bigger. Better. Now with {b}. Limited offer, don't miss out!",
        "Why settle for less? {a} and {b}, all in one. Try it free for 30 days!",
    ),
    "instructions": (
        "Step 1: prepare {a}. Step 2: set {b} aside for ten minutes. Step 3: check the result and repeat.",
        "First, deal with {a}. Next, make sure that {b} is in place. Do not skip this step. Finally, clean up.",
        "Before you begin, read about {a}. Then adjust {b} until it fits. Tighten, test, and store in a dry place.",
    ),
    "diary": (
        "Dear diary, today I couldn't stop thinking about {a}. Mum says {b} is a phase. I'm so tired. Good night.",
        "Sunday. Rain again. Spent the afternoon on {a} and felt strangely happy. Must not forget {b} tomorrow.",
        "I don't know why {a} makes me cry. Maybe it's {b}. Nobody here understands. I'll write more tomorrow.",
    ),
    "legal text": (
        "The Party of the first part shall be liable for {a}, notwithstanding any provision herein concerning {b}.",
        "Pursuant to Section 4.2, claims arising from {a} are excluded unless {b} has been notified in writing.",
        "Each Party hereby agrees to indemnify the other against any loss resulting from {a} or {b}.",
    ),
    "fairy tale": (
        "Once upon a time there was a king who cared for nothing but {a}. One day an old woman brought him {b}.",
        "Long ago, deep in the forest, a fox told the children of {a}, and they lived happily ever after with {b}.",
        "There once lived a poor miller whose only treasure was {a}. Then a fairy whispered: beware of {b}!",
    ),
    "customer review": (
        "Bought this for {a} and it does the job. Good value, though {b} could be better. 4 stars.",
        "I was looking for help with {a}. Shipping was quick. {b} is as described. Would buy again.",
        "Not sure what the fuss is about. {a} is fine, {b} isn't. Two stars for the nice packaging.",
    ),
    "forum question": (
        "Hi guys, new here. Does anyone have experience with {a}? I tried {b} but it didn't help. Thanks in advance!",
        "Quick question: what's the best way to handle {a}? I've searched the forum and only found {b}.",
        "How do you all deal with {a}? Edit: solved, it was {b}. Thanks!",
    ),
    "interview": (
        "Q: What drew you to {a}? A: I grew up with it. Q: And {b}? A: That came later, by accident really.",
        "Interviewer: Tell us about {a}. Guest: Well, you know, it all began with {b}, and we just kept going.",
    ),
    "speech": (
        "My friends, the time has come. We will not be silent about {a}! We will stand up for {b}! Thank you!",
        "Ladies and gentlemen, let me say this: {a} is our future, and {b} is our duty. Together we shall succeed.",
    ),
}

# attribute -> class -> phrase that is put beside a text of another source
SIDE_NOTES: dict[str, dict[str, tuple[str, ...]]] = {
    "device": {
        "phone": ("sent from my phone", "typed on my mobile", "I use an Android phone", "on my iPhone"),
        "laptop": ("I'm on my laptop", "from my notebook computer", "using a MacBook", "on a Windows laptop"),
        "tablet": ("reading this on a tablet", "on my iPad", "with the tablet in hand"),
        "television": ("watching on the TV", "in front of the television", "on our smart TV"),
        "smart watch": ("from my wrist watch", "my smart watch shows it", "on the watch"),
    },
    "customer type": {
        "student": ("I'm a student", "we live in a dorm", "as an undergraduate", "between two lectures"),
        "pensioner": ("I'm retired", "as a pensioner", "I'm 78 years old", "in my retirement"),
        "small business": ("I run a small shop", "for our little company", "as a self-employed baker"),
        "parent": ("with three kids at home", "as a mother of twins", "my toddler is with me", "as a young dad"),
        "large company": ("for our 2,000 employees", "on behalf of our corporation", "for all our offices worldwide"),
    },
    "payment method": {
        "credit card": ("I paid by credit card", "with my Visa", "charged to Mastercard"),
        "cash": ("I paid in cash", "with coins and notes", "cash in hand"),
        "bank transfer": ("I sent a bank transfer", "by wire", "transferred from my account"),
        "cheque": ("I wrote a cheque", "by check in the mail"),
        "gift card": ("I used a gift card", "paid with a voucher"),
    },
    "time of day": {
        "morning": ("at seven in the morning", "before breakfast", "at dawn"),
        "afternoon": ("right after lunch", "at three p.m.", "this afternoon"),
        "evening": ("in the evening", "after dinner", "at sunset"),
        "night": ("at midnight", "in the middle of the night", "at three a.m. while everyone sleeps"),
    },
    "urgency": URGENCIES,
    "sentiment": SENTIMENTS,
}

# never trained on: what the model does with aspects that nothing taught
UNSEEN_NOTES: dict[str, dict[str, tuple[str, ...]]] = {
    "season": {
        "winter": ("in the snow of January", "this winter", "just before Christmas"),
        "summer": ("in the July heat", "this summer", "on a hot August day"),
        "spring": ("when the tulips bloom in April", "this spring", "at Easter"),
        "autumn": ("as the leaves fall in October", "this autumn", "around Halloween"),
    },
    "animal": {
        "dog": ("my dog barks", "with the puppy beside me", "our terrier agrees"),
        "cat": ("my cat purrs", "the kitten sleeps here", "our tomcat agrees"),
        "horse": ("my horse neighs", "out with the pony", "back from the stable"),
        "bird": ("my parrot talks", "the canary sings", "our budgie agrees"),
    },
}
